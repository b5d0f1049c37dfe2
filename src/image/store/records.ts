import { readdirSync, statSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { badArchive } from '../compression/index.js';
import { syncDirectory, writeDurably } from './durable.js';
import { ioError, isCode } from './io-error.js';
import type { StoreLayout } from './layout.js';
import { MAX_OWN_BYTES, readOwn } from './own-json.js';
import { type ImageRecord, idHexOf, recordName, recordSchema } from './record.js';

function listed(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => idHexOf(name) !== null)
      .sort();
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw ioError(error, `cannot read ${directory}`);
  }
}

/** The images that there are. */
export class Records {
  readonly #layout: StoreLayout;

  constructor(layout: StoreLayout) {
    this.#layout = layout;
  }

  /** Names of records, in order of ids. */
  list(): string[] {
    return listed(this.#layout.directory('records'));
  }

  listRemoved(): string[] {
    return listed(this.#layout.directory('removed'));
  }

  has(name: string): boolean {
    return statSync(this.#layout.record(name), { throwIfNoEntry: false }) !== undefined;
  }

  /** @returns null when there is none @throws HotcellError `io` */
  read(name: string): ImageRecord | null {
    return readOwn(this.#layout.record(name), recordSchema);
  }

  readRemoved(name: string): ImageRecord | null {
    return readOwn(this.#layout.removed(name), recordSchema);
  }

  readAll(): ImageRecord[] {
    return this.list().flatMap((name) => this.read(name) ?? []);
  }

  /** @param hex the beginning of an id; all records of one id are one image */
  withId(hex: string): string[] {
    return this.list().filter((name) => name.startsWith(hex));
  }

  async write(record: ImageRecord, tmp: string): Promise<void> {
    const text = JSON.stringify(record);
    if (Buffer.byteLength(text) > MAX_OWN_BYTES)
      throw badArchive(`what the image ${record.id} says of itself has more than ${MAX_OWN_BYTES} bytes`);
    await writeDurably(this.#layout.record(recordName(record)), text, tmp);
  }

  /** From now on there is no such image; what it consists of is still there. */
  async retire(name: string): Promise<void> {
    try {
      await rename(this.#layout.record(name), this.#layout.removed(name));
      await syncDirectory(this.#layout.directory('removed'));
      await syncDirectory(this.#layout.directory('records'));
    } catch (error) {
      throw ioError(error, `cannot remove ${this.#layout.record(name)}`);
    }
  }
}
