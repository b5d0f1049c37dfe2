/** Cuts pieces of given sizes out of a stream. What lies within one chunk is not copied. */
export class Gather {
  private chunk: Buffer = Buffer.alloc(0);
  private at = 0;
  /** A piece of which only the beginning has come. */
  private partial: Buffer | null = null;
  private filled = 0;

  /** The chunk before must have been used up. */
  push(chunk: Uint8Array): void {
    this.chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.at = 0;
  }

  /** The next bytes, in one piece; null when more have to be pushed first. Asked for again then, with the same size. */
  exactly(bytes: number): Buffer | null {
    if (this.partial === null) {
      if (this.available >= bytes) return this.cut(bytes);
      if (this.available === 0) return null;
      this.partial = Buffer.allocUnsafe(bytes);
      this.filled = 0;
    }
    const part = this.cut(Math.min(this.partial.length - this.filled, this.available));
    part.copy(this.partial, this.filled);
    this.filled += part.length;
    if (this.filled < this.partial.length) return null;
    const piece = this.partial;
    this.partial = null;
    return piece;
  }

  /** Up to so many bytes, in whole units; null when more have to be pushed first. */
  units(unit: number, most: number): Buffer | null {
    const whole = this.partial === null ? Math.min(most, this.available - (this.available % unit)) : 0;
    return whole > 0 ? this.cut(whole) : this.exactly(unit);
  }

  /** Whether a piece was begun and is not whole. */
  get isPartial(): boolean {
    return this.partial !== null;
  }

  private get available(): number {
    return this.chunk.length - this.at;
  }

  private cut(bytes: number): Buffer {
    this.at += bytes;
    return this.chunk.subarray(this.at - bytes, this.at);
  }
}
