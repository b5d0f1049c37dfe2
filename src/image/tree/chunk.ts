import { HotcellError } from '../../core/index.js';
import type { TreeEntry, TreePath, TreeTime } from './entries.js';
import { treeLimits, treeOpId } from './ops-table.js';

/** Room behind a full chunk, so that an operation need not be cut: the longest has an xattr, its name and its path. */
const SLACK_BYTES = 128 * 1024;
const HEADER = treeLimits.frameHeaderBytes;
const TWO_TO_32 = 2 ** 32;

function tooLong(what: string, most: number): HotcellError {
  return new HotcellError({
    code: 'internal',
    message: `${what} over ${most} bytes reached the tree encoder`,
  });
}

/** Operations in the encoding of ops.json, until there are enough of them to be sent. Twin: src/native/unpack_decode.c. */
export class Chunk {
  readonly #bytes: Buffer;
  readonly #fullBytes: number;
  #size = 0;
  #frame = 0;

  constructor(fullBytes: number) {
    this.#fullBytes = fullBytes;
    this.#bytes = Buffer.allocUnsafeSlow(fullBytes + SLACK_BYTES);
  }

  get isFull(): boolean {
    return this.#size >= this.#fullBytes;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
  }

  clear(): void {
    this.#size = 0;
  }

  begin(op: keyof typeof treeOpId): this {
    this.#frame = this.#size;
    this.#bytes.writeUInt32LE(treeOpId[op], this.#size);
    this.#size += HEADER;
    return this;
  }

  finish(): void {
    this.#bytes.writeUInt32LE(this.#size - this.#frame - HEADER, this.#frame + 4);
  }

  u32(value: number): this {
    this.#bytes.writeUInt32LE(value, this.#size);
    this.#size += 4;
    return this;
  }

  /** Two's complement when negative. */
  u64(value: number): this {
    return this.u32(((value % TWO_TO_32) + TWO_TO_32) % TWO_TO_32).u32(Math.floor(value / TWO_TO_32) >>> 0);
  }

  time({ seconds, nanoseconds }: TreeTime): this {
    return this.u64(seconds).u32(nanoseconds);
  }

  attributes({ mode, uid, gid, mtime }: Omit<TreeEntry, 'path'>): this {
    return this.u32(mode).u32(uid).u32(gid).time(mtime);
  }

  path(path: TreePath): this {
    return this.string(path, treeLimits.pathMaxBytes, 'a path');
  }

  string(value: TreePath, most: number, what: string): this {
    if (value.length > most) throw tooLong(what, most);
    const at = this.#size + 4;
    let size = value.length;
    if (typeof value === 'string') size = this.#bytes.write(value, at);
    else this.#bytes.set(value, at);
    if (size > most) throw tooLong(what, most);
    this.u32(size);
    this.#size += size;
    return this;
  }

  /** One operation `data` with as much of it as the chunk has room for. Gives how much. */
  data(bytes: Uint8Array): number {
    const room = Math.max(1, this.#fullBytes - this.#size - HEADER);
    const part = bytes.byteLength > room ? bytes.subarray(0, room) : bytes;
    this.begin('data');
    this.#bytes.set(part, this.#size);
    this.#size += part.byteLength;
    this.finish();
    return part.byteLength;
  }
}
