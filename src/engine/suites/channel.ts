/** Hands values to one reader, who holds back the writer; without a reader nothing is kept. */
export class Channel<T> {
  readonly #waiting: T[] = [];
  readonly #onLeft: () => void;
  #attached = false;
  #missed = false;
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
    if (!this.#attached) {
      this.#missed = true;
      return;
    }
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

  /** @throws TypeError when there is or was a reader, or what was pushed before is gone already */
  read(): AsyncGenerator<T, void, undefined> {
    if (this.#attached) throw new TypeError('the outcomes of a run have one reader');
    if (this.#missed)
      throw new TypeError('the run has begun without a reader: iterate before its summary is awaited');
    this.#attached = true;
    return this.#reading();
  }

  async *#reading(): AsyncGenerator<T, void, undefined> {
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
