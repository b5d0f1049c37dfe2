import type { Reporter, ReportStart, Summary } from '../../report/index.js';
import type { Outcome } from '../../spec/index.js';

/**
 * Several reporters as one. All begin, or none; after that one that fails costs the others nothing, and is what `onEnd`
 * rejects with when they are done.
 */
export class Independent implements Reporter {
  #reporters: readonly Reporter[];
  #error: { readonly reason: unknown } | undefined;

  constructor(reporters: readonly Reporter[]) {
    this.#reporters = reporters;
  }

  async onStart(start: ReportStart): Promise<void> {
    try {
      for (const reporter of this.#reporters) await reporter.onStart?.(start);
    } catch (error) {
      await this.onAbort();
      throw error;
    }
  }

  async onOutcome(outcome: Outcome): Promise<void> {
    await this.#each(async (reporter) => await reporter.onOutcome(outcome));
  }

  async onEnd(summary: Summary): Promise<void> {
    await this.#each(async (reporter) => await reporter.onEnd?.(summary));
    if (this.#error !== undefined) throw this.#error.reason;
  }

  async onAbort(): Promise<void> {
    for (const reporter of this.#reporters) await abandon(reporter);
  }

  async #each(say: (reporter: Reporter) => Promise<void>): Promise<void> {
    for (const reporter of this.#reporters) {
      try {
        await say(reporter);
      } catch (reason) {
        this.#error ??= { reason };
        this.#reporters = this.#reporters.filter((one) => one !== reporter);
        await abandon(reporter);
      }
    }
  }
}

/** What it throws now is a consequence; the reason has been told already. */
async function abandon(reporter: Reporter): Promise<void> {
  await Promise.allSettled([(async () => await reporter.onAbort?.())()]);
}
