import type { SuiteReporter } from './engine.js';

/**
 * Reporters all of which begin, or none: a report that cannot even be begun is better known at once than after the hour
 * that the run takes. When one cannot, the others are told that the run broke off, and nothing of it.
 */
export class BegunTogether {
  readonly #onFailed: () => void;
  #failed = false;

  constructor(onFailed: () => void) {
    this.#onFailed = onFailed;
  }

  /** Whether one of them could not begin, so that there is nothing to show. */
  get failed(): boolean {
    return this.#failed;
  }

  /** In the order in which they are to begin. */
  all(reporters: readonly SuiteReporter[]): SuiteReporter[] {
    return reporters.map((reporter) => this.#guarded(reporter));
  }

  #guarded(reporter: SuiteReporter): SuiteReporter {
    return {
      onStart: async (start) => {
        if (!this.#failed) await this.#begin(async () => await reporter.onStart?.(start));
      },
      onOutcome: (outcome) => (this.#failed ? undefined : reporter.onOutcome(outcome)),
      onEnd: (summary) => (this.#failed ? reporter.onAbort?.() : reporter.onEnd?.(summary)),
      onAbort: () => reporter.onAbort?.(),
    };
  }

  async #begin(begin: () => Promise<void>): Promise<void> {
    try {
      await begin();
    } catch (error) {
      this.#failed = true;
      this.#onFailed();
      throw error;
    }
  }
}
