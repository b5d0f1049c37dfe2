/** Little-endian reading and writing of protocol payloads. Twin: src/native/wire.c. */
import { HotcellError } from '../core/index.js';

const HIGH = 2 ** 32;

/** A growing payload. Strings are written with their length and a closing NUL, as the C side reads them in place. */
export class Writer {
  #bytes: Buffer;
  #size = 0;

  constructor(capacity = 1024) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  get size(): number {
    return this.#size;
  }

  u32(value: number): this {
    this.#reserve(4);
    this.#size = this.#bytes.writeUInt32LE(value, this.#size);
    return this;
  }

  u64(value: number | bigint): this {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)
      return this.u32(value % HIGH).u32(Math.floor(value / HIGH));
    this.#reserve(8);
    this.#size = this.#bytes.writeBigUInt64LE(BigInt(value), this.#size);
    return this;
  }

  bytes(value: Uint8Array): this {
    return this.u32(value.byteLength).raw(value);
  }

  raw(value: Uint8Array): this {
    this.#reserve(value.byteLength);
    this.#bytes.set(value, this.#size);
    this.#size += value.byteLength;
    return this;
  }

  string(value: string): this {
    if (value.includes('\0')) {
      throw new HotcellError({
        code: 'internal',
        message: `a NUL in ${JSON.stringify(value)} reached the launcher protocol`,
      });
    }
    return this.sized(() => {
      this.#reserve(3 * value.length + 1); // no string takes more in UTF-8
      this.#size += this.#bytes.write(value, this.#size, 'utf8');
      this.#bytes[this.#size++] = 0;
    });
  }

  /** What `write` writes, after its size in bytes. */
  sized(write: (to: this) => void): this {
    this.u32(0);
    const start = this.#size;
    write(this);
    this.setU32(start - 4, this.#size - start);
    return this;
  }

  setU32(at: number, value: number): void {
    this.#bytes.writeUInt32LE(value, at);
  }

  /** To be written to again, from the start; without its memory when that is over `mostBytes`. */
  clear(mostBytes: number): void {
    this.#size = 0;
    if (this.#bytes.byteLength > mostBytes) this.#bytes = Buffer.allocUnsafe(mostBytes);
  }

  /** A copy: it stays as it is, whatever is written later. */
  finish(): Buffer {
    const bytes = Buffer.allocUnsafe(this.#size);
    this.#bytes.copy(bytes, 0, 0, this.#size);
    return bytes;
  }

  #reserve(more: number): void {
    const need = this.#size + more;
    if (need <= this.#bytes.byteLength) return;
    const grown = Buffer.allocUnsafe(Math.max(need, this.#bytes.byteLength * 2));
    grown.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = grown;
  }
}

/** A cursor over a payload. @throws HotcellError `protocol-error` when it is read past its end. */
export class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.byteLength - this.#at;
  }

  u32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4));
  }

  u64(): number {
    return Number(this.#bytes.readBigUInt64LE(this.#advance(8)));
  }

  /** The bytes of a string, without its NUL. */
  text(): Buffer {
    const size = this.u32();
    const at = this.#advance(size);
    return this.#bytes.subarray(at, at + size - 1);
  }

  string(): string {
    return this.text().toString('utf8');
  }

  rest(): Buffer {
    return this.#bytes.subarray(this.#at);
  }

  #advance(size: number): number {
    if (this.left < size)
      throw new HotcellError({ code: 'protocol-error', message: 'truncated message from the launcher' });
    const at = this.#at;
    this.#at += size;
    return at;
  }
}
