import type { Sink } from '../io/sink.js';

/**
 * Standard output as the reports see it. What shows the progress is on the same terminal and has to leave first; and
 * when nobody reads any more, the run has no purpose.
 */
export class ReportOut {
  readonly #sink: Sink;
  readonly #before: () => Promise<void>;
  readonly #onLost: () => void;
  #error: unknown;

  constructor(
    sink: Sink,
    { before, onLost }: { readonly before: () => Promise<void>; readonly onLost: () => void },
  ) {
    this.#sink = sink;
    this.#before = before;
    this.#onLost = onLost;
  }

  /** Why writing failed; undefined when it did not. */
  get error(): unknown {
    return this.#error;
  }

  readonly write = async (text: string): Promise<void> => {
    await this.#before();
    try {
      await this.#sink.write(text);
    } catch (error) {
      this.#error ??= error;
      this.#onLost();
      throw error;
    }
  };
}
