import type { Reporter } from '../../report/index.js';

/** What it throws now is a consequence; the reason has been told already. */
async function abandon(reporter: Reporter): Promise<void> {
  await Promise.allSettled([(async () => await reporter.onAbort?.())()]);
}

/** Tells several reporters the same, one after the other. One that fails is told no more, and costs the others nothing. */
export class FanOut {
  #reporters: readonly Reporter[];
  #error: { readonly reason: unknown } | undefined;

  constructor(reporters: readonly Reporter[]) {
    this.#reporters = reporters;
  }

  get reporters(): readonly Reporter[] {
    return this.#reporters;
  }

  async tell(say: (reporter: Reporter) => Promise<void>): Promise<void> {
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

  /** Half a report is worse than none. */
  async abort(): Promise<void> {
    for (const reporter of this.#reporters) await abandon(reporter);
  }

  /** @throws what the first that failed threw */
  check(): void {
    if (this.#error !== undefined) throw this.#error.reason;
  }
}
