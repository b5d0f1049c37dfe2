/** Hands values to one reader, who holds back the writer; without a reader nothing is kept. */
export class Channel<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = [];
  readonly #onLeft: () => void;
  #attached = false;
  #ended = false;
  #error: { readonly reason: unknown } | undefined;
  #wakeReader: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;

  /** @param onLeft called when the reader leaves before the end */
  constructor(onLeft: () => void) {
    this.#onLeft = onLeft;
  }

  /** Resolves when the reader has taken it, or at once when there is none. */
  async push(value: T): Promise<void> {
    if (!this.#attached) return;
    this.#waiting.push(value);
    this.#wakeReader?.();
    while (this.#attached && this.#waiting.includes(value)) {
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve;
      });
    }
  }

  end(): void {
    this.#ended = true;
    this.#wakeReader?.();
  }

  fail(reason: unknown): void {
    this.#error = { reason };
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    if (this.#attached) throw new TypeError('the outcomes of a run have one reader');
    this.#attached = true;
    try {
      yield* this.#values();
    } finally {
      this.#attached = false;
      this.#wakeWriter?.();
      if (!this.#ended) this.#onLeft();
    }
  }

  async *#values(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        this.#wakeWriter?.();
        yield next;
      } else if (this.#ended) {
        if (this.#error !== undefined) throw this.#error.reason;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
      }
    }
  }
}
