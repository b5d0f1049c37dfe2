/** Suites from their selection to their summary: schedule, carry out, tell everybody. */
import { rm } from 'node:fs/promises';
import { type Clock, HotcellError, invalidSpec, makeScratch } from '../../core/index.js';
import { type Pool, usualWorkers } from '../../pool/index.js';
import { type ReportStart, readHostReport, type Summary } from '../../report/index.js';
import { type Budget, checkFits, defaultBudget, Scheduler, type Settled } from '../../schedule/index.js';
import type { CheckedJob, Outcome, Suite, Tier } from '../../spec/index.js';
import { Audience } from './audience.js';
import { CarryOut } from './carry-out.js';
import { Channel } from './channel.js';
import { checkSuiteOptions } from './check-options.js';
import { type CaseKey, keyOf, keyOfBuild } from './key.js';
import type { SuiteEvent, SuiteRun, SuiteRunOptions } from './options.js';
import { type Selected, select } from './select.js';
import { type NotRun, notRun } from './skipped.js';
import { type Work, worksOf } from './tasks.js';

export interface SuiteContext {
  readonly id: string;
  readonly version: string;
  readonly tier: Tier;
  readonly clock: Clock;
  /** How many runs the cell allows at a time. */
  readonly concurrency: number;
  /** The job with its env files read. @throws HotcellError `invalid-spec` */
  readonly readFiles: (job: CheckedJob) => Promise<CheckedJob>;
  readonly startPool: (workers: number, tasks: number) => Promise<Pool>;
}

/** What a fault of the spec or of this host is to a case: it could not start. Everything else is ours. */
const NOT_OURS: readonly string[] = [
  'invalid-spec',
  'invalid-usage',
  'isolation-unavailable',
  'image-not-found',
];

const STOPPED: Readonly<Record<'bail' | 'cancelled' | 'timeout', string>> = {
  bail: 'not run: enough had failed',
  cancelled: 'not run: cancelled',
  timeout: 'not run: the time for everything was over',
};

function whyBroken(error: unknown): NotRun {
  const isOurs = !(error instanceof HotcellError && NOT_OURS.includes(error.code));
  const message = error instanceof Error ? error.message : String(error);
  return { status: isOurs ? 'internal-error' : 'start-failed', message };
}

function whyOf(settled: Settled<Work, Outcome>, works: ReadonlyMap<number, Work>): NotRun | null {
  if ('error' in settled) return whyBroken(settled.error);
  if (!('skipped' in settled)) return null;
  if (settled.skipped !== 'needs') return { status: 'cancelled', message: STOPPED[settled.skipped] };
  const cause = settled.because === undefined ? undefined : works.get(settled.because);
  const what = cause?.kind === 'build' ? 'its build' : (cause?.title ?? 'what it needs');
  return { status: 'cancelled', message: `not run: ${what} did not pass` };
}

function budgetOf({ budget }: SuiteRunOptions, concurrency: number): Budget {
  const usual = defaultBudget();
  return {
    cpus: budget?.cpus ?? usual.cpus,
    memoryBytes: budget?.memoryBytes ?? usual.memoryBytes,
    tasks: Math.min(budget?.tasks ?? concurrency, concurrency),
  };
}

const MOST_PROBLEMS = 25;

/** All that could never start are named at once, and before anything has. */
function checkAllFit(works: readonly Work[], budget: Budget): void {
  const problems: string[] = [];
  for (const work of works) {
    try {
      checkFits(work, budget);
    } catch (error) {
      if (!(error instanceof HotcellError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length === 0) return;
  const more = problems.length > MOST_PROBLEMS ? [`… and ${problems.length - MOST_PROBLEMS} more`] : [];
  throw invalidSpec(
    [...problems.slice(0, MOST_PROBLEMS), ...more].join('\n'),
    'lower their limits, or raise the budget',
  );
}

function keyOfWork(work: Work): CaseKey {
  if (work.kind === 'build') return keyOfBuild(work.suite.name, work.build.id);
  const { suite, case: item, repeat } = work.selected;
  return keyOf(suite.name, item, repeat);
}

class Running implements SuiteRun {
  readonly id: string;
  readonly #context: SuiteContext;
  readonly #options: SuiteRunOptions;
  readonly #selected: readonly Selected[];
  readonly #works: readonly Work[];
  readonly #left = new AbortController();
  readonly #channel = new Channel<Outcome>(() => this.#left.abort());
  readonly #start: ReportStart;
  readonly #audience: Audience;
  /** Once: what is free changes with every process that starts. */
  readonly #budget: Budget;
  #summary: Promise<Summary> | undefined;
  #broken: { readonly reason: unknown } | undefined;

  constructor(suites: readonly Suite[], options: SuiteRunOptions, context: SuiteContext) {
    checkSuiteOptions(options);
    this.#context = context;
    this.#options = options;
    this.#budget = budgetOf(options, context.concurrency);
    this.#selected = select(suites, options);
    this.#works = worksOf(this.#selected, options.done);
    checkAllFit(this.#works, this.#budget);
    this.id = context.id;
    this.#start = {
      id: this.id,
      version: context.version,
      startedAt: context.clock.date().toISOString(),
      host: readHostReport(),
      total: this.#selected.length,
      suites: suites.map(({ name }) => name),
      workers: this.#workerCount,
    };
    this.#audience = new Audience(options.reporters ?? [], this.#channel, this.#start);
  }

  get summary(): Promise<Summary> {
    if (this.#summary === undefined) {
      this.#summary = this.#run();
      // Who iterates gets the error there; it is no unhandled one if nobody asks for the summary.
      this.#summary.catch(() => undefined);
    }
    return this.#summary;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Outcome, void, undefined> {
    const outcomes = this.#channel.read();
    void this.summary;
    yield* outcomes;
  }

  get #workerCount(): number {
    return this.#options.workers ?? usualWorkers(this.#budget.cpus);
  }

  async #run(): Promise<Summary> {
    try {
      const summary = await this.#carryOut();
      this.#channel.end();
      return summary;
    } catch (error) {
      this.#channel.fail(error);
      await this.#audience.abort();
      throw error;
    }
  }

  async #carryOut(): Promise<Summary> {
    const directory = await makeScratch('suite');
    try {
      await using pool = await this.#context.startPool(this.#workerCount, this.#budget.tasks);
      await this.#audience.start(this.#start);
      this.#event({ kind: 'start', start: this.#start });
      const summary = await this.#audience.end(await this.#schedule(pool, directory));
      if (this.#broken !== undefined) throw this.#broken.reason;
      return summary;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  async #schedule(pool: Pool, directory: string): Promise<Summary['stopped']> {
    const byId = new Map(this.#works.map((work) => [work.id, work]));
    const scheduler = new Scheduler<Work, Outcome>({
      budget: this.#budget,
      dispatcher: new CarryOut({
        pool,
        directory,
        readFiles: this.#context.readFiles,
        options: this.#options,
        broken: (work, error, attempt) => ({ ...notRun(work, whyBroken(error), this.#context), attempt }),
        tell: (outcome) => this.#audience.outcome(outcome),
        onEvent: (event) => this.#event(event),
      }),
      passed: ({ verdict }) => verdict === 'passed',
      clock: this.#context.clock,
    });
    const { bail, timeoutMs, stop } = this.#options;
    const kill = AbortSignal.any([
      this.#left.signal,
      ...(this.#options.signal ? [this.#options.signal] : []),
    ]);
    for await (const settled of scheduler.run(this.#works, { signal: stop, kill, bail, timeoutMs })) {
      const why = whyOf(settled, byId);
      if (why !== null) await this.#tellNotRun(settled.task, why);
    }
    return scheduler.stats.stopped;
  }

  /** A build that was not needed any more is nothing to tell of; one that broke is. */
  async #tellNotRun(work: Work, why: NotRun): Promise<void> {
    if (work.kind === 'build' && why.status === 'cancelled') return;
    const outcome = notRun(work, why, this.#context);
    await this.#audience.outcome(outcome);
    this.#event({ kind: 'finished', key: keyOfWork(work), outcome });
  }

  /** A watcher that throws is told no more, and costs the cases nothing: what it threw comes out at the end. */
  #event(event: SuiteEvent): void {
    if (this.#broken !== undefined) return;
    try {
      this.#options.onEvent?.(event);
    } catch (reason) {
      this.#broken = { reason };
    }
  }
}

/** @throws HotcellError `invalid-usage` for options that are none, `invalid-spec` when a case could never start */
export function runSuites(
  suites: readonly Suite[],
  options: SuiteRunOptions,
  context: SuiteContext,
): SuiteRun {
  return new Running(suites, options, context);
}
