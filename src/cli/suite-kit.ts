import {
  convertReport,
  createHotcell,
  createReporter,
  diffReports,
  diffText,
  homeDirectory,
  keyOfOutcome,
  loadSuites,
  parseReporterSpecs,
  RunStore,
  type StoredRun,
  select,
} from '../engine/index.js';
import { type HostEnv, isOwnFault, type Outcome } from '../spec/index.js';
import type { SuiteKit } from './perform-actions.js';
import { usageError } from './run/values.js';
import type { FoundRun, KeptRun, NewTestRun, TestHistory } from './test/history.js';

const found = ({ record }: StoredRun): FoundRun => ({
  id: record.id,
  files: record.command,
  cwd: record.cwd,
});

/** What never ran, or broke off through a fault of ours, is to be run again. */
const keyOfJudged = (outcome: Outcome): string | null =>
  outcome.status === 'cancelled' || isOwnFault(outcome) ? null : keyOfOutcome(outcome);

const isTest = ({ record }: StoredRun): boolean => record.kind === 'test';

class StoredHistory implements TestHistory {
  readonly #store: RunStore;

  constructor(store: RunStore) {
    this.#store = store;
  }

  async begin({ name, files, cwd }: NewTestRun): Promise<KeptRun> {
    return await this.#store.create({ kind: 'test', name, command: [...files], cwd, stoppable: true });
  }

  async find(reference: string | null): Promise<FoundRun> {
    if (reference === null) return found(await this.#last());
    const run = await this.#store.get(reference);
    if (isTest(run)) return found(run);
    throw usageError(
      `--resume: run ${run.record.id} is one of a single program; there is nothing to go on with`,
    );
  }

  async resume(id: string): ReturnType<TestHistory['resume']> {
    // Claimed before it is read: another process must not add to it in between.
    const run = await this.#store.resume(id);
    return { run, done: await this.#store.readJournal(id, keyOfJudged) };
  }

  async #last(): Promise<StoredRun> {
    const last = (await this.#store.list()).find(isTest);
    if (last === undefined) throw usageError('--resume: the history has no run of hotcell test');
    return last;
  }
}

/** The real thing. */
export const suiteKit: SuiteKit = {
  loadSuites,
  select: (suites, selection) =>
    select(suites, selection).map(({ suite, case: item }) => ({ ...item, suite: suite.name })),
  parseReporters: parseReporterSpecs,
  createReporter: ({ name }, target) => createReporter(name, target),
  openHistory: async (env: HostEnv) => new StoredHistory(await RunStore.open(homeDirectory(env))),
  startEngine: async ({ jobs }) => await createHotcell({ concurrency: jobs }),
  convert: convertReport,
  diff: diffReports,
  diffText,
};
