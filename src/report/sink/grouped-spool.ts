import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { makeScratch } from '../../core/index.js';
import { ioError } from '../reason.js';

/** Characters of all groups together that are kept in memory. */
const MAX_KEPT = 4 << 20;
const CHUNK_BYTES = 1 << 18;

interface Group {
  kept: string[];
  /** Offset and length of each part that went to the file, one after the other. */
  readonly ranges: number[];
}

/** An open file that has no name any more: whatever happens to us, nothing is left behind. */
async function openNameless(): Promise<FileHandle> {
  const directory = await makeScratch('report');
  try {
    return await open(join(directory, 'spool'), 'wx+', 0o600);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * Texts that come in any order and are wanted group by group. Small amounts stay in memory, the rest waits in a file of
 * the directory for temporary files.
 */
export class GroupedSpool {
  readonly #groups = new Map<string, Group>();
  #keptLength = 0;
  #file: FileHandle | undefined;
  #fileBytes = 0;

  /** @throws HotcellError `io` */
  async add(name: string, text: string): Promise<void> {
    const group = this.#groups.get(name) ?? { kept: [], ranges: [] };
    this.#groups.set(name, group);
    group.kept.push(text);
    this.#keptLength += text.length;
    if (this.#keptLength > MAX_KEPT) await this.#spill().catch(failed);
  }

  /** The texts of a group in the order in which they came, in pieces of any size. */
  async *read(name: string): AsyncGenerator<string, void, undefined> {
    const group = this.#groups.get(name);
    const decoder = new StringDecoder('utf8');
    for (let i = 0; i < (group?.ranges.length ?? 0); i += 2) {
      const [offset = 0, length = 0] = group?.ranges.slice(i, i + 2) ?? [];
      for await (const bytes of this.#bytes(offset, length)) yield decoder.write(bytes);
    }
    yield* group?.kept ?? [];
  }

  async close(): Promise<void> {
    this.#groups.clear();
    await this.#file?.close();
    this.#file = undefined;
  }

  async #spill(): Promise<void> {
    this.#file ??= await openNameless();
    for (const group of this.#groups.values()) {
      if (group.kept.length === 0) continue;
      const bytes = Buffer.from(group.kept.join(''));
      await this.#file.writeFile(bytes);
      group.ranges.push(this.#fileBytes, bytes.length);
      this.#fileBytes += bytes.length;
      group.kept = [];
    }
    this.#keptLength = 0;
  }

  async *#bytes(offset: number, length: number): AsyncGenerator<Buffer, void, undefined> {
    const end = offset + length;
    for (let at = offset; at < end; ) {
      const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, end - at));
      const read = await this.#file?.read(buffer, 0, buffer.length, at).catch(failed);
      if (read === undefined || read.bytesRead === 0) throw failed(new Error('it became shorter'));
      yield buffer.subarray(0, read.bytesRead);
      at += read.bytesRead;
    }
  }
}

function failed(error: unknown): never {
  throw ioError('keep a part of the report in', tmpdir(), error);
}
