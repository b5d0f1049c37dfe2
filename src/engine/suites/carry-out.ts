/** What the scheduler's tasks come to: attempts of a case until one passes, and builds. */

import type { Pool } from '../../pool/index.js';
import { titleOf } from '../../report/index.js';
import type { Dispatcher } from '../../schedule/index.js';
import type { Case, CheckedJob, Outcome, OutcomeLimits, Program } from '../../spec/index.js';
import type { BuiltFile } from '../../worker/index.js';
import { keyOf, keyOfBuild } from './key.js';
import type { SuiteEvent, SuiteRunOptions } from './options.js';
import type { BuildWork, CaseWork, Work } from './tasks.js';

export interface Surroundings {
  readonly pool: Pool;
  readonly options: SuiteRunOptions;
  /** Where builds are kept; nobody else's. */
  readonly directory: string;
  /** The job with its env files read. @throws HotcellError `invalid-spec` */
  readonly readFiles: (job: CheckedJob) => Promise<CheckedJob>;
  /** What a run that could not be carried out comes to: an error, and never a pass. */
  readonly broken: (work: Work, error: unknown, attempt: number) => Outcome;
  /** Resolves when everybody has been told. */
  readonly tell: (outcome: Outcome) => Promise<void>;
  readonly onEvent: (event: SuiteEvent) => void;
}

const SAMPLE_INTERVAL_MS = 50;

/** Nothing is gained by trying again what was called off. */
const isOver = ({ verdict }: Outcome): boolean => verdict === 'passed' || verdict === 'skipped';

export function limitsOf({ limits }: CheckedJob): OutcomeLimits {
  const { cpuTimeMs, wallTimeMs, memoryBytes, pids, outputBytes, diskBytes, cpus } = limits;
  return { cpuTimeMs, wallTimeMs, memoryBytes, pids, outputBytes, diskBytes, cpus };
}

export class CarryOut implements Dispatcher<Work, Outcome> {
  readonly #around: Surroundings;
  readonly #built = new Map<number, readonly BuiltFile[]>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  async dispatch(work: Work, signal: AbortSignal): Promise<Outcome> {
    return work.kind === 'build' ? await this.#build(work, signal) : await this.#case(work, signal);
  }

  async #build({ id, suite, build }: BuildWork, signal: AbortSignal): Promise<Outcome> {
    const { pool, directory, options, tell, onEvent } = this.#around;
    const { captureBytes } = options;
    const key = keyOfBuild(suite.name, build.id);
    const title = titleOf({ suite: suite.name, job: build.name, case: null });
    const limits = limitsOf(build.job);
    const job = await this.#around.readFiles(build.job);
    const { outcome, files } = await pool.build(
      { suite: suite.name, build: { ...build, job }, directory, captureBytes },
      {
        signal,
        onStarted: (worker) => onEvent({ kind: 'started', role: 'build', key, title, worker, limits }),
      },
    );
    this.#built.set(id, files);
    await tell(outcome);
    onEvent({ kind: 'finished', key, outcome });
    return outcome;
  }

  async #case(work: CaseWork, signal: AbortSignal): Promise<Outcome> {
    const { options, tell, onEvent } = this.#around;
    const { suite, case: item, repeat } = work.selected;
    const key = keyOf(suite.name, item, repeat);
    const outcome = options.done?.get(key) ?? (await this.#attempts(work, signal));
    await tell(outcome);
    onEvent({ kind: 'finished', key, outcome });
    return outcome;
  }

  /** The final outcome; those before it have been told. */
  async #attempts(work: CaseWork, signal: AbortSignal): Promise<Outcome> {
    const retries = Math.max(work.selected.case.retries, this.#around.options.retries ?? 0);
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#tried(work, attempt, signal);
      if (attempt > retries || isOver(outcome) || signal.aborted) return { ...outcome, final: true };
      await this.#around.tell({ ...outcome, final: false });
    }
  }

  async #tried(work: CaseWork, attempt: number, signal: AbortSignal): Promise<Outcome> {
    try {
      return await this.#checked(await this.#attempt(work, attempt, signal));
    } catch (error) {
      return this.#around.broken(work, error, attempt);
    }
  }

  async #attempt({ selected, builds }: CaseWork, attempt: number, signal: AbortSignal): Promise<Outcome> {
    const { pool, options, onEvent } = this.#around;
    const { suite, case: item, repeat } = selected;
    const key = keyOf(suite.name, item, repeat);
    const built = Object.fromEntries([...builds].map(([name, id]) => [name, this.#built.get(id) ?? []]));
    const { captureBytes, sampleIntervalMs = SAMPLE_INTERVAL_MS } = options;
    const title = titleOf({ suite: suite.name, job: item.job, case: item.case });
    const limits = limitsOf(item.program.job);
    return await pool.case(
      { suite: suite.name, case: await this.#withEnv(item), built, attempt, repeat, captureBytes },
      {
        signal,
        sampleIntervalMs,
        onStarted: (worker) => onEvent({ kind: 'started', role: 'program', key, title, worker, limits }),
        onSample: (sample) => onEvent({ kind: 'sample', key, sample }),
      },
    );
  }

  async #withEnv(item: Case): Promise<Case> {
    const read = async <P extends Program | null>(program: P): Promise<P> =>
      program === null ? program : { ...program, job: await this.#around.readFiles(program.job) };
    const { program, interactor, expect } = item;
    return {
      ...item,
      program: await read(program),
      interactor: await read(interactor),
      expect: { ...expect, checker: await read(expect.checker) },
    };
  }

  async #checked(outcome: Outcome): Promise<Outcome> {
    if (outcome.verdict !== 'passed') return outcome;
    const failures: string[] = [];
    try {
      for (const check of this.#around.options.checkers ?? []) failures.push(...(await check(outcome)));
    } catch (error) {
      return { ...outcome, verdict: 'error', message: `a checker broke: ${(error as Error).message}` };
    }
    return failures.length === 0 ? outcome : { ...outcome, verdict: 'failed', failures };
  }
}
