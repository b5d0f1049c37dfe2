/**
 * Removes what no image needs. Images that were removed while something still ran in them keep their layers until that is
 * over; who removes an image only says so, and everything else happens here, from any state that a crash may have left.
 *
 * Nobody may be adding meanwhile: the session has the store for itself alone.
 */
import { readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { digestFromHex, hexOf } from '../reference/index.js';
import { syncDirectory } from './durable.js';
import { ioError } from './io-error.js';
import { readLayerMeta } from './layer-meta.js';
import { LOCKS } from './layout.js';
import { FileLock } from './lock.js';
import { memoAt } from './memos.js';
import type { ImageRecord } from './record.js';
import { Records } from './records.js';
import type { StoreSession, TreeRemover } from './session.js';

const HEX = /^[a-f0-9]{64}$/;

/** By hex digits. */
interface Needed {
  readonly blobs: ReadonlySet<string>;
  readonly layers: ReadonlySet<string>;
}

function neededBy(records: readonly ImageRecord[]): Needed {
  const blobs = records.flatMap(({ manifest, config, layers }) =>
    [manifest, config, ...layers].map(({ digest }) => hexOf(digest)),
  );
  const layers = records.flatMap((record) => record.layers.map(({ diffId }) => hexOf(diffId)));
  return { blobs: new Set(blobs), layers: new Set(layers) };
}

class Collection {
  readonly #session: StoreSession;
  readonly #trees: TreeRemover;
  readonly #records: Records;
  /** Of images that nobody will run in any more; held until their layers are gone. */
  readonly #locks: FileLock[] = [];
  #freedBytes = 0;

  constructor(session: StoreSession, trees: TreeRemover) {
    this.#session = session;
    this.#trees = trees;
    this.#records = new Records(session.layout);
  }

  async run(): Promise<number> {
    try {
      const live = this.#records.readAll();
      const kept = await this.#removedInUse(new Set(live.map(({ id }) => id)));
      const needed = neededBy([...live, ...kept]);
      await this.#removeLayers(needed.layers);
      await this.#removeBlobs(needed.blobs);
      await this.#removeMemos(needed.layers);
      await this.#removeLocks();
      return this.#freedBytes;
    } finally {
      for (const lock of this.#locks) await lock.release();
    }
  }

  /** Forgets the removed images that nothing runs in; those that are left still need what they consist of. */
  async #removedInUse(live: ReadonlySet<string>): Promise<ImageRecord[]> {
    const kept: ImageRecord[] = [];
    for (const name of this.#records.listRemoved()) {
      const record = this.#records.readRemoved(name);
      if (record === null) continue;
      if (await this.#isOver(record.id, live)) await unlink(this.#session.layout.removed(name));
      else kept.push(record);
    }
    return kept;
  }

  async #isOver(id: string, live: ReadonlySet<string>): Promise<boolean> {
    if (live.has(id)) return true; // the same image is there again, and needs the same
    const lock = await FileLock.tryAcquire(this.#session.layout.lock(LOCKS.image(id)), 'exclusive');
    if (lock !== null) this.#locks.push(lock);
    return lock !== null || this.#isHeldByUs(id);
  }

  /** Two manifests of one image have one lock. */
  #isHeldByUs(id: string): boolean {
    return this.#locks.some(({ path }) => path === this.#session.layout.lock(LOCKS.image(id)));
  }

  async #names(directory: 'layers' | 'blobs/sha256' | 'memos' | 'locks'): Promise<string[]> {
    return await readdir(this.#session.layout.directory(directory));
  }

  async #removeLayers(needed: ReadonlySet<string>): Promise<void> {
    const { layout, tmp } = this.#session;
    const surplus = (await this.#names('layers')).filter((name) => !needed.has(name));
    for (const name of surplus) {
      const bytes = HEX.test(name) ? (readLayerMeta(layout, digestFromHex(name))?.bytes ?? 0) : 0;
      await rename(join(layout.directory('layers'), name), join(tmp, name));
      await syncDirectory(layout.directory('layers'));
      await this.#trees.remove(tmp, name);
      this.#freedBytes += bytes;
    }
  }

  async #removeBlobs(needed: ReadonlySet<string>): Promise<void> {
    const directory = this.#session.layout.directory('blobs/sha256');
    for (const name of (await this.#names('blobs/sha256')).filter((blob) => !needed.has(blob))) {
      const { size } = await stat(join(directory, name));
      await unlink(join(directory, name));
      this.#freedBytes += size;
    }
    await syncDirectory(directory);
  }

  async #removeMemos(needed: ReadonlySet<string>): Promise<void> {
    for (const name of await this.#names('memos')) {
      const path = join(this.#session.layout.directory('memos'), name);
      if (!needed.has(hexOf(memoAt(path) ?? ''))) await rm(path, { force: true });
    }
  }

  /** Whoever would wait for a layer's lock has to have the store's before; an image's is held here. */
  async #removeLocks(): Promise<void> {
    const directory = this.#session.layout.directory('locks');
    for (const name of await this.#names('locks')) {
      if (/^(?:layer|file)-/.test(name)) await rm(join(directory, name), { force: true });
    }
    for (const lock of this.#locks.splice(0)) await lock.remove();
  }
}

/**
 * @param session has the store for itself alone
 * @returns how many bytes that gave back, of files unpacked and as they came
 */
export async function collect(session: StoreSession, trees: TreeRemover): Promise<number> {
  try {
    return await new Collection(session, trees).run();
  } catch (error) {
    throw ioError(error, `cannot remove what nothing needs from ${basename(session.layout.root)}`);
  }
}
