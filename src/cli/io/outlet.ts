import type { Sink } from './sink.js';

/**
 * One of the program's streams on its way out. When its reader is gone the run has no purpose: `onLost` is told once,
 * and whatever the program still writes is dropped.
 */
export class Outlet {
  readonly #sink: Sink;
  readonly #onLost: () => void;
  readonly #waiting = new Set<() => void>();
  #abandoned = false;
  #error: unknown;

  constructor(sink: Sink, onLost: () => void) {
    this.#sink = sink;
    this.#onLost = onLost;
  }

  /** Why writing failed; undefined when it did not. */
  get error(): unknown {
    return this.#error;
  }

  /** Settles when the bytes are out, or nobody waits for them any more; it never rejects. */
  readonly write = (chunk: Uint8Array): Promise<void> => {
    if (this.#error !== undefined || this.#abandoned) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
      void this.#sink
        .write(chunk)
        .catch((error: unknown) => this.#lose(error))
        .finally(() => {
          this.#waiting.delete(resolve);
          resolve();
        });
    });
  };

  /** Stops waiting: a reader that stands still must not hold up the end of a run that was cancelled. */
  abandon(): void {
    this.#abandoned = true;
    for (const resolve of this.#waiting) resolve();
  }

  #lose(error: unknown): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    this.#onLost();
  }
}
