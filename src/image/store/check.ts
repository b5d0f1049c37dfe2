/** Whether everything in a store is as it must be, whatever happened to those who wrote it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { digestFromHex, familiar, hexOf } from '../reference/index.js';
import { readLayerMeta } from './layer-meta.js';
import { LAYER_FILES, LAYER_META, LOCKS, StoreLayout } from './layout.js';
import { Names } from './names.js';
import { type ImageRecord, recordName } from './record.js';
import { Records } from './records.js';
import { UNSYNCED } from './unsynced.js';

const HEX = /^[a-f0-9]{64}$/;
const RECORD = /^[a-f0-9]{64}\.[a-f0-9]{64}$/;
const LOCK = /^(?:store|names|(?:layer|file|image)-[a-f0-9]{64})$/;

/** What may be in each directory. */
const ENTRIES = {
  'blobs/sha256': HEX,
  layers: HEX,
  records: RECORD,
  removed: RECORD,
  names: HEX,
  memos: HEX,
  locks: LOCK,
} as const;

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

const isDirectory = async (path: string): Promise<boolean> =>
  (await lstat(path).catch(() => null))?.isDirectory() ?? false;

class Check {
  readonly #layout: StoreLayout;
  readonly problems: string[] = [];

  constructor(layout: StoreLayout) {
    this.#layout = layout;
  }

  async run(): Promise<void> {
    for (const [name, pattern] of Object.entries(ENTRIES))
      await this.#entries(name as keyof typeof ENTRIES, pattern);
    await this.#blobs();
    for (const name of await readdir(this.#layout.directory('layers'))) await this.#layer(name);
    const records = new Records(this.#layout);
    for (const name of records.list())
      await this.#try(name, async () => await this.#record(name, records.read(name)));
    for (const name of records.listRemoved())
      await this.#try(name, async () => void records.readRemoved(name));
    await this.#try('names', async () => this.#names(records));
  }

  async #try(what: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.problems.push(`${what}: ${(error as Error).message}`);
    }
  }

  async #entries(name: keyof typeof ENTRIES, pattern: RegExp): Promise<void> {
    for (const entry of await readdir(this.#layout.directory(name))) {
      if (!pattern.test(entry)) this.problems.push(`${name}/${entry} does not belong there`);
    }
  }

  async #blobs(): Promise<void> {
    const directory = this.#layout.directory('blobs/sha256');
    for (const hex of await readdir(directory)) {
      const found = await hashOf(join(directory, hex));
      if (found !== hex) this.problems.push(`the blob ${hex} has the digest ${found}`);
    }
  }

  async #layer(hex: string): Promise<void> {
    const directory = join(this.#layout.directory('layers'), hex);
    await this.#try(`the layer ${hex}`, async () => {
      const meta = readLayerMeta(this.#layout, digestFromHex(hex));
      if (meta === null) this.problems.push(`the layer ${hex} has no ${LAYER_META}`);
      else if (hexOf(meta.diffId) !== hex)
        this.problems.push(`the layer ${hex} says that it is ${meta.diffId}`);
    });
    if (!(await isDirectory(join(directory, LAYER_FILES))))
      this.problems.push(`the layer ${hex} has no files`);
    const names = (await readdir(directory)).filter(
      (name) => ![LAYER_FILES, LAYER_META, UNSYNCED].includes(name),
    );
    for (const name of names) this.problems.push(`layers/${hex}/${name} does not belong there`);
  }

  async #record(name: string, record: ImageRecord | null): Promise<void> {
    if (record === null) return;
    if (recordName(record) !== name) this.problems.push(`the record ${name} is of ${recordName(record)}`);
    for (const { digest, size } of [record.manifest, record.config, ...record.layers]) {
      const found = await lstat(this.#layout.blob(digest)).catch(() => null);
      if (found?.isFile() !== true) this.problems.push(`the image ${record.id} misses the blob ${digest}`);
      else if (found.size !== size)
        this.problems.push(`the blob ${digest} has ${found.size} bytes, not ${size}`);
    }
    for (const { diffId } of record.layers) {
      if (!(await isDirectory(this.#layout.layerFiles(diffId))))
        this.problems.push(`the image ${record.id} misses the layer ${diffId}`);
    }
    const lock = await lstat(this.#layout.lock(LOCKS.image(record.id))).catch(() => null);
    if (lock?.isFile() !== true) this.problems.push(`the image ${record.id} misses its lock`);
  }

  #names(records: Records): void {
    for (const { reference, record } of new Names(this.#layout).list()) {
      if (!records.has(record))
        this.problems.push(`the name ${familiar(reference)} stands for ${record}, which is not there`);
    }
  }
}

/**
 * Reads everything but the files of layers: minutes for a large store. Nobody may be changing it meanwhile.
 *
 * @param home see `homeDirectory`
 * @returns a line for each thing that is wrong; what was left unfinished and will be removed is not
 */
export async function checkStore(home: string): Promise<readonly string[]> {
  const check = new Check(StoreLayout.at(home));
  await check.run();
  return check.problems;
}
