/** Everybody who is told of a run's outcomes: reporters, the summary, who iterates. One outcome at a time. */
import { type Reporter, type ReportStart, type Summary, SummaryBuilder } from '../../report/index.js';
import type { Outcome } from '../../spec/index.js';
import type { Channel } from './channel.js';

/** What it throws now is a consequence; the reason has been told already. */
async function abandon(reporter: Reporter): Promise<void> {
  await Promise.allSettled([(async () => await reporter.onAbort?.())()]);
}

export class Audience {
  readonly #channel: Channel<Outcome>;
  readonly #summary: SummaryBuilder;
  #reporters: readonly Reporter[];
  #error: { readonly reason: unknown } | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(reporters: readonly Reporter[], channel: Channel<Outcome>, start: ReportStart) {
    this.#reporters = reporters;
    this.#channel = channel;
    this.#summary = new SummaryBuilder(start);
  }

  async start(start: ReportStart): Promise<void> {
    await this.#tell(async (reporter) => await reporter.onStart?.(start));
  }

  /** Resolves when everybody has taken it: a slow report holds the run back, and takes no memory. */
  outcome(outcome: Outcome): Promise<void> {
    const told = this.#last.then(async () => {
      this.#summary.add(outcome);
      await this.#tell(async (reporter) => await reporter.onOutcome(outcome));
      await this.#channel.push(outcome);
    });
    this.#last = told;
    return told;
  }

  /** @throws what the first of the reporters threw that failed; the others have been told everything */
  async end(stopped: Summary['stopped']): Promise<Summary> {
    await this.#last;
    const summary = this.#summary.finish({ stopped });
    await this.#tell(async (reporter) => await reporter.onEnd?.(summary));
    if (this.#error !== undefined) throw this.#error.reason;
    return summary;
  }

  /** Half a report is worse than none. */
  async abort(): Promise<void> {
    for (const reporter of this.#reporters) await abandon(reporter);
  }

  /** A reporter that fails is told no more, and costs the others nothing. */
  async #tell(say: (reporter: Reporter) => Promise<void>): Promise<void> {
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
