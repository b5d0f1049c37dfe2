import { badArchive } from './error.js';

/**
 * What a walk through one frame asks for. `peek`: the next bytes, few and in one piece, which stay where they are. `look`: the
 * same, and they are passed. `skip`: pass over what the decoder gets. `drop`: pass over what it must not get, at the
 * beginning of a frame. `cut`: end the piece here, so that the decoder's output stays small.
 */
export type Step = { readonly does: 'peek' | 'look' | 'skip' | 'drop'; readonly bytes: number } | 'cut';

export const peek = (bytes: number): Step => ({ does: 'peek', bytes });
export const look = (bytes: number): Step => ({ does: 'look', bytes });
export const skip = (bytes: number): Step => ({ does: 'skip', bytes });
export const drop = (bytes: number): Step => ({ does: 'drop', bytes });

/** One frame of a compressed file, from its first byte to its last. @throws HotcellError `bad-archive` */
export type Walk = Generator<Step, void, Buffer>;

/**
 * Splits a compressed file into its frames. Decoders stop at the end of a frame and do not say where that was, so whether
 * another frame or garbage follows would be lost; the lengths in the format tell it before anything is decoded.
 */
export class Frames {
  private chunk: Buffer = Buffer.alloc(0);
  /** What lies between these was passed, and is not given yet. */
  private from = 0;
  private at = 0;
  private walk: Walk | null = null;
  private step: Step = 'cut';
  private skipping = 0;

  private readonly source: AsyncIterator<Uint8Array>;

  constructor(
    source: AsyncIterable<Uint8Array>,
    private readonly begin: () => Walk,
    private readonly name: string,
  ) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    await this.source.return?.();
  }

  /** Whether another frame begins; the one before it must have been read to its end. */
  async next(): Promise<boolean> {
    if (this.at >= this.chunk.length && !(await this.more())) return false;
    this.walk = this.begin();
    this.from = this.at;
    this.advance(Buffer.alloc(0));
    return true;
  }

  /** The frame's next bytes; null at its end. @throws HotcellError `bad-archive` when the file ends before the frame does. */
  async read(): Promise<Buffer | null> {
    for (;;) {
      const piece = this.scan();
      if (piece.length > 0) return piece;
      if (this.walk === null) return null;
      if (!(await this.more())) throw badArchive(`the ${this.name} data ends in the middle: it is truncated`);
    }
  }

  /** Appends to what is left of the chunk, which is nothing or the beginning of what a walk wants to look at. */
  private async more(): Promise<boolean> {
    for (;;) {
      const { done, value } = await this.source.next();
      if (done) return false;
      if (value.length > 0) return this.append(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    }
  }

  private append(next: Buffer): true {
    const rest = this.chunk.subarray(this.at);
    this.chunk = rest.length === 0 ? next : Buffer.concat([rest, next]);
    this.from = 0;
    this.at = 0;
    return true;
  }

  /** Walks as far as the chunk goes, or to a cut, or to the frame's end. Gives what was passed. */
  private scan(): Buffer {
    while (this.walk !== null) {
      if (this.step === 'cut') {
        const piece = this.take();
        this.advance(Buffer.alloc(0));
        if (piece.length > 0) return piece;
      } else if (!this.move(this.step)) break;
    }
    return this.take();
  }

  private take(): Buffer {
    const piece = this.chunk.subarray(this.from, this.at);
    this.from = this.at;
    return piece;
  }

  /** Does the step; false when the chunk is too short for it. */
  private move(step: Exclude<Step, 'cut'>): boolean {
    if (step.does === 'peek') return this.see(step.bytes, 0);
    if (step.does === 'look') return this.see(step.bytes, step.bytes);
    const bytes = Math.min(this.skipping, this.chunk.length - this.at);
    this.skipping -= bytes;
    this.at += bytes;
    if (step.does === 'drop') this.from = this.at;
    if (this.skipping > 0) return false;
    this.advance(Buffer.alloc(0));
    return true;
  }

  private see(bytes: number, passed: number): boolean {
    if (this.chunk.length - this.at < bytes) return false;
    const seen = this.chunk.subarray(this.at, this.at + bytes);
    this.at += passed;
    this.advance(seen);
    return true;
  }

  private advance(seen: Buffer): void {
    const { done, value } = this.walk?.next(seen) ?? { done: true, value: undefined };
    if (done || value === undefined) {
      this.walk = null;
      return;
    }
    this.step = value;
    this.skipping = value === 'cut' ? 0 : value.bytes;
  }
}
