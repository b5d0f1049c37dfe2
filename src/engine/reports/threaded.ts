/** Reports written in a thread of their own: what they cost, they do not cost the thread that schedules. */
import { Piscina } from 'piscina';
import { ERROR_CODES, HotcellError, threadSource } from '../../core/index.js';
import type { Reporter, ReporterSpec, ReportStart, Summary } from '../../report/index.js';
import type { Outcome } from '../../spec/index.js';
import { REPORTS_THREAD } from '../thread-urls.js';
import type { Answer, ErrorData, ReportThreadData, Told } from './messages.js';

/**
 * Outcomes are handed over several at once: waking the thread for each costs a run more than the reports do. A batch is full
 * with so many outcomes or so much output, and waits for more no longer than this.
 */
const BATCH = { outcomes: 32, characters: 4 * 1024 ** 2, lingerMs: 50 } as const;

const charactersOf = ({ stdout, stderr }: Outcome): number =>
  [stdout, stderr].reduce((sum, one) => sum + ('text' in one ? one.text : one.base64).length, 0);

function errorFrom({ code, message, hint }: ErrorData): HotcellError {
  return new HotcellError({ code: ERROR_CODES.find((known) => known === code) ?? 'internal', message, hint });
}

function startThread(specs: readonly ReporterSpec[]): Piscina<Told, Answer> {
  return new Piscina<Told, Answer>({
    ...threadSource(REPORTS_THREAD),
    name: 'answer',
    minThreads: 1,
    maxThreads: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    workerData: { specs } satisfies ReportThreadData,
  });
}

class ThreadedReports implements Reporter {
  readonly #specs: readonly ReporterSpec[];
  #thread: Piscina<Told, Answer> | undefined;
  #batch: Outcome[] = [];
  #characters = 0;
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();
  #error: HotcellError | undefined;

  constructor(specs: readonly ReporterSpec[]) {
    this.#specs = specs;
  }

  async onStart(start: ReportStart): Promise<void> {
    this.#thread = startThread(this.#specs);
    try {
      await this.#ask({ kind: 'start', start });
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  async onOutcome(outcome: Outcome): Promise<void> {
    this.#batch.push(outcome);
    this.#characters += charactersOf(outcome);
    if (this.#batch.length >= BATCH.outcomes || this.#characters >= BATCH.characters) await this.#handOver();
    else
      this.#timer ??= setTimeout(() => void this.#last.then(() => this.#handOver()), BATCH.lingerMs).unref();
    if (this.#error !== undefined) throw this.#error;
  }

  async onEnd(summary: Summary): Promise<void> {
    try {
      await this.#handOver();
      await this.#ask({ kind: 'end', summary });
    } finally {
      await this.#end();
    }
  }

  async onAbort(): Promise<void> {
    if (this.#thread === undefined) return;
    this.#collected();
    await this.#ask({ kind: 'abort' }).catch(() => undefined); // a thread that is gone has nothing to break off
    await this.#end();
  }

  /** Resolves when the batch before is written: no more than two are in memory. */
  async #handOver(): Promise<void> {
    const before = this.#last;
    const outcomes = this.#collected();
    if (outcomes.length > 0) {
      this.#ask({ kind: 'outcomes', outcomes }).catch((error: HotcellError) => {
        this.#error ??= error;
      });
    }
    await before;
  }

  #collected(): Outcome[] {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#characters = 0;
    return this.#batch.splice(0);
  }

  /** One after the other: piscina does not promise an order. */
  #ask(told: Told): Promise<void> {
    const answered = this.#last.then(async () => {
      const answer = await this.#answer(told);
      if (answer !== null) throw errorFrom(answer);
    });
    this.#last = answered.catch(() => undefined);
    return answered;
  }

  async #answer(told: Told): Promise<Answer> {
    const gone = (why: string): Answer => ({
      code: 'internal',
      message: `the thread that writes the reports is gone${why}`,
      hint: undefined,
    });
    try {
      return this.#thread === undefined ? gone('') : await this.#thread.run(told);
    } catch (error) {
      return gone(`: ${(error as Error).message}`);
    }
  }

  async #end(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.destroy();
  }
}

/**
 * Reporters that write to files, in one thread of their own. All begin, or `onStart` rejects and none has; one that fails later
 * costs the others nothing.
 */
export function createThreadedReporters(specs: readonly ReporterSpec[]): Reporter {
  return new ThreadedReports(specs);
}
