import type {
  SuiteEngine,
  SuiteReporter,
  SuiteRun,
  SuiteRunOptions,
  SuiteSummary,
} from '../../../../src/cli/test/engine.js';
import type {
  FoundRun,
  KeptRun,
  NewTestRun,
  ResumedRun,
  TestHistory,
} from '../../../../src/cli/test/history.js';
import type { ReportTarget, TestKit } from '../../../../src/cli/test/kit.js';
import { HotcellError } from '../../../../src/core/index.js';
import type { ReporterSpec } from '../../../../src/engine/index.js';
import { pinImages } from '../../../../src/engine/suites/images.js';
import {
  type Case,
  type Companion,
  type Outcome,
  parseJob,
  type Status,
  type Suite,
} from '../../../../src/spec/index.js';
import { outcome } from '../support.js';

export function aCase(job: string, name: string | null = null, labels: Record<string, string> = {}): Case {
  return {
    job,
    case: name,
    program: { job: parseJob({ command: ['true'] }), build: null },
    expect: {
      statuses: ['ok'],
      exitCode: null,
      signal: null,
      stdout: null,
      stderr: null,
      outputs: [],
      checker: { job: parseJob({ command: ['check'] }), build: null },
      maxCpuTimeMs: null,
      maxMemoryBytes: null,
    },
    interactor: null,
    needs: [],
    retries: 0,
    points: null,
    priority: 0,
    exclusive: false,
    labels,
  };
}

/** A checker that ended like this. */
export function companion(status: Status): Companion {
  const {
    suite: _s,
    case: _c,
    attempt: _a,
    repeat: _r,
    final: _f,
    ...most
  } = outcome({ role: 'checker', status });
  const { worker: _w, labels: _l, differences: _d, companions: _k, series: _e, points: _p, ...ran } = most;
  return ran;
}

export const aSuite = (...cases: readonly Case[]): Suite => ({ name: 's', path: null, builds: [], cases });

export function summaryOf(
  outcomes: readonly Outcome[],
  stopped: SuiteSummary['stopped'] = null,
): SuiteSummary {
  const verdicts = { passed: 0, failed: 0, error: 0, skipped: 0 };
  for (const { verdict } of outcomes) verdicts[verdict]++;
  return {
    total: outcomes.length,
    flaky: [],
    verdicts,
    failedBuilds: 0,
    stopped,
    ok: stopped === null && verdicts.failed + verdicts.error === 0,
  };
}

type Behave = (
  options: SuiteRunOptions,
  suites: readonly Suite[],
) => AsyncIterable<Outcome> | Iterable<Outcome>;

/** Tells reporters and views of the outcomes that `behave` gives, as the real one does. */
export class FakeSuiteEngine implements SuiteEngine {
  options: SuiteRunOptions = {};
  suites: readonly Suite[] = [];
  readonly log: string[] = [];
  readonly #behave: Behave;

  constructor(behave: Behave = () => [outcome({ suite: 's', job: 'a' })]) {
    this.#behave = behave;
  }

  runSuites(suites: readonly Suite[], options: SuiteRunOptions): SuiteRun {
    this.options = options;
    this.suites = suites;
    let settle: (summary: SuiteSummary) => void = () => undefined;
    let fail: (error: unknown) => void = () => undefined;
    const summary = new Promise<SuiteSummary>((resolve, reject) => {
      settle = resolve;
      fail = reject;
    });
    const run = this.#run(settle);
    return {
      id: 'engine1',
      summary,
      async *[Symbol.asyncIterator]() {
        try {
          yield* run;
        } catch (error) {
          fail(error);
          throw error;
        }
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.log.push('closed');
  }

  async *#run(settle: (summary: SuiteSummary) => void): AsyncGenerator<Outcome, void, undefined> {
    const { reporters = [], onEvent, signal, stop } = this.options;
    const done: Outcome[] = [];
    for (const reporter of reporters) await reporter.onStart?.({ total: 1 } as never);
    onEvent?.({ kind: 'start', start: { total: 1 } });
    for await (const each of this.#behave(this.options, this.suites)) {
      for (const reporter of reporters) await reporter.onOutcome(each);
      onEvent?.({ kind: 'finished', key: each.id, outcome: each });
      done.push(each);
      yield each;
    }
    const isStopped = signal?.aborted || stop?.aborted;
    const summary = summaryOf(done, isStopped ? 'cancelled' : null);
    for (const reporter of reporters) await reporter.onEnd?.(summary as never);
    settle(summary);
  }
}

/** A reporter that writes a line for everything that it is told. */
function lineReporter({ name }: ReporterSpec, { stdout }: ReportTarget): SuiteReporter {
  return {
    onOutcome: async ({ job, verdict }) => await stdout.write(`${name}: ${job} ${verdict}\n`),
    onEnd: async () => await stdout.write(`${name}: end\n`),
  };
}

export class FakeHistory implements TestHistory {
  readonly log: unknown[] = [];
  done = new Map<string, Outcome>();
  changed = 0;
  /** What every outcome from then on fails with. */
  appendError: Error | undefined;
  found: FoundRun = { id: 'run7', name: null, files: ['old.yaml'], flags: {}, cwd: '/old' };

  async begin(run: NewTestRun): Promise<KeptRun> {
    this.log.push(['begin', run]);
    return this.#kept('run8');
  }

  async find(reference: string | null): Promise<FoundRun> {
    this.log.push(['find', reference]);
    return this.found;
  }

  async resume(id: string): Promise<ResumedRun> {
    this.log.push(['resume', id]);
    const ids = new Set(Array.from(this.done.values(), (one) => one.id));
    return { run: this.#kept(id), done: this.done, ids, changed: this.changed };
  }

  #kept(id: string): KeptRun {
    return {
      id,
      append: async (one) => {
        if (this.appendError !== undefined) throw this.appendError;
        this.log.push(['append', one.job]);
      },
      finish: async ({ exitCode, summary }) => {
        this.log.push(['finish', exitCode, summary?.total ?? null]);
      },
    };
  }
}

export class FakeKit implements TestKit {
  suites: readonly Suite[] = [aSuite(aCase('a'), aCase('b', 'small', { lang: 'c' }), aCase('b', 'big'))];
  history: TestHistory | null = new FakeHistory();
  engine = new FakeSuiteEngine();
  loaded: unknown;
  jobs: number | undefined;
  readonly targets: ReportTarget[] = [];
  readonly files: (string | null)[] = [];

  async loadSuites(...args: Parameters<TestKit['loadSuites']>): Promise<readonly Suite[]> {
    this.loaded = args;
    return this.suites;
  }

  select(...[suites, { filter }]: Parameters<TestKit['select']>) {
    const all = suites.flatMap(({ name, cases }) => cases.map((each) => ({ ...each, suite: name })));
    return filter === undefined ? all : all.filter(filter);
  }

  readonly pinImages = pinImages;

  parseReporters(texts: readonly string[]): readonly ReporterSpec[] {
    return texts.map((text) => {
      const [name = '', file = null] = text.split('=');
      if (name === 'bogus')
        throw new HotcellError({ code: 'invalid-usage', message: 'reporter "bogus" is unknown' });
      return { name: name as ReporterSpec['name'], file };
    });
  }

  createReporter(spec: ReporterSpec, target: ReportTarget): SuiteReporter {
    this.targets.push(target);
    return lineReporter(spec, target);
  }

  createFileReporters(specs: readonly ReporterSpec[]): SuiteReporter {
    this.files.push(...specs.map(({ file }) => file));
    return { onOutcome: () => undefined };
  }

  async openHistory(): Promise<TestHistory> {
    if (this.history === null)
      throw new HotcellError({ code: 'io', message: 'cannot keep the history in /x' });
    return this.history;
  }

  async startEngine({ jobs }: { readonly jobs?: number | undefined }): Promise<SuiteEngine> {
    this.jobs = jobs;
    return this.engine;
  }
}
