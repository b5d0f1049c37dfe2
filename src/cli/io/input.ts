import type { Readable } from 'node:stream';

type Result = IteratorResult<Uint8Array, undefined>;

const DONE: Result = { done: true, value: undefined };

/**
 * A stream's chunks, as they come. Unlike a stream's own iterator, `return` ends a `next` that still waits: a program
 * that exits without reading its input must not leave anybody waiting for a key to be pressed. Nor does it destroy the
 * stream: a terminal must stay open until its mode is restored.
 */
export class Input implements AsyncIterableIterator<Uint8Array> {
  readonly #stream: Readable;
  #wake: () => void = () => undefined;
  #over = false;
  #error: unknown;

  constructor(stream: Readable) {
    this.#stream = stream;
    stream.on('readable', () => this.#wake());
    for (const event of ['end', 'close'] as const) stream.once(event, () => this.#finish());
    stream.once('error', (error: unknown) => {
      this.#error = error;
      this.#finish();
    });
  }

  /** What was wrong with the stream; undefined when it ended as it should. */
  get error(): unknown {
    return this.#error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Result> {
    for (;;) {
      const chunk: unknown = this.#over ? null : this.#stream.read();
      if (chunk instanceof Uint8Array) return { done: false, value: chunk };
      if (this.#over || this.#stream.readableEnded || this.#stream.destroyed) return DONE;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async return(): Promise<Result> {
    this.#finish();
    return DONE;
  }

  #finish(): void {
    this.#over = true;
    this.#wake();
  }
}
