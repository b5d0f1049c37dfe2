/** Little-endian reading and writing of protocol payloads. Twin: src/native/wire.c. */
import { HotcellError } from '../core/index.js';

const UTF8 = new TextEncoder();

/** A growing payload. Strings are written with their length and a closing NUL, as the C side reads them in place. */
export class Writer {
  #bytes: Uint8Array;
  #view: DataView;
  #size = 0;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get size(): number {
    return this.#size;
  }

  u32(value: number): this {
    this.#reserve(4);
    this.#view.setUint32(this.#size, value, true);
    this.#size += 4;
    return this;
  }

  u64(value: number | bigint): this {
    this.#reserve(8);
    this.#view.setBigUint64(this.#size, BigInt(value), true);
    this.#size += 8;
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
    const text = UTF8.encode(value);
    this.u32(text.byteLength + 1).raw(text);
    this.#reserve(1);
    this.#bytes[this.#size++] = 0;
    return this;
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
  }

  #reserve(more: number): void {
    const need = this.#size + more;
    if (need <= this.#bytes.byteLength) return;
    const grown = new Uint8Array(Math.max(need, this.#bytes.byteLength * 2));
    grown.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
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
