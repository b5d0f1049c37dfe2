/** Everybody who is told of a run's outcomes: reporters, the summary, who iterates. One outcome at a time. */
import { type Reporter, type ReportStart, type Summary, SummaryBuilder } from '../../report/index.js';
import type { Outcome } from '../../spec/index.js';
import { FanOut } from '../reports/fan-out.js';
import type { Channel } from './channel.js';

export class Audience {
  readonly #channel: Channel<Outcome>;
  readonly #summary: SummaryBuilder;
  readonly #reporters: FanOut;
  #last: Promise<void> = Promise.resolve();

  constructor(reporters: readonly Reporter[], channel: Channel<Outcome>, start: ReportStart) {
    this.#reporters = new FanOut(reporters);
    this.#channel = channel;
    this.#summary = new SummaryBuilder(start);
  }

  async start(start: ReportStart): Promise<void> {
    await this.#reporters.tell(async (reporter) => await reporter.onStart?.(start));
  }

  /** Resolves when everybody has taken it: a slow report holds the run back, and takes no memory. */
  outcome(outcome: Outcome): Promise<void> {
    const told = this.#last.then(async () => {
      this.#summary.add(outcome);
      await this.#reporters.tell(async (reporter) => await reporter.onOutcome(outcome));
      await this.#channel.push(outcome);
    });
    this.#last = told;
    return told;
  }

  /** @throws what the first of the reporters threw that failed; the others have been told everything */
  async end(stopped: Summary['stopped']): Promise<Summary> {
    await this.#last;
    const summary = this.#summary.finish({ stopped });
    await this.#reporters.tell(async (reporter) => await reporter.onEnd?.(summary));
    this.#reporters.check();
    return summary;
  }

  async abort(): Promise<void> {
    await this.#reporters.abort();
  }
}
