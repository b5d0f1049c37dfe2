import type { Reporter, ReportStart, Summary } from '../../report/index.js';
import type { Outcome } from '../../spec/index.js';
import { FanOut } from './fan-out.js';

/**
 * Several reporters as one. All begin, or none; after that one that fails costs the others nothing, and is what `onEnd`
 * rejects with when they are done.
 */
export class Independent implements Reporter {
  readonly #reporters: FanOut;

  constructor(reporters: readonly Reporter[]) {
    this.#reporters = new FanOut(reporters);
  }

  async onStart(start: ReportStart): Promise<void> {
    try {
      for (const reporter of this.#reporters.reporters) await reporter.onStart?.(start);
    } catch (error) {
      await this.onAbort();
      throw error;
    }
  }

  async onOutcome(outcome: Outcome): Promise<void> {
    await this.#reporters.tell(async (reporter) => await reporter.onOutcome(outcome));
  }

  async onEnd(summary: Summary): Promise<void> {
    await this.#reporters.tell(async (reporter) => await reporter.onEnd?.(summary));
    this.#reporters.check();
  }

  async onAbort(): Promise<void> {
    await this.#reporters.abort();
  }
}
