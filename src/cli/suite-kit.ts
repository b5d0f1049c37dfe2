import {
  convertReport,
  createHotcell,
  createReporter,
  createThreadedReporters,
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
import type { DigestOf, FoundRun, KeptRun, NewTestRun, ResumedRun, TestHistory } from './test/history.js';

const found = ({ record }: StoredRun): FoundRun => ({
  id: record.id,
  name: record.name,
  flags: record.flags,
  files: record.command,
  cwd: record.cwd,
});

/** What never ran, or broke off through a fault of ours, is to be run again. */
const keyOfJudged = (outcome: Outcome): string | null =>
  outcome.status === 'cancelled' || isOwnFault(outcome) ? null : keyOfOutcome(outcome);

/** Of its case, whichever repetition it is. */
const nameOf = ({ suite, job, case: name }: Outcome): string => JSON.stringify([suite, job, name]);

const isTest = ({ record }: StoredRun): boolean => record.kind === 'test';

class StoredHistory implements TestHistory {
  readonly #store: RunStore;

  constructor(store: RunStore) {
    this.#store = store;
  }

  async begin({ name, files, flags, cwd }: NewTestRun): Promise<KeptRun> {
    return await this.#store.create({
      kind: 'test',
      name,
      command: [...files],
      flags: Object.fromEntries(Object.entries(flags).map(([flag, values]) => [flag, [...values]])),
      cwd,
      stoppable: true,
    });
  }

  async find(reference: string | null): Promise<FoundRun> {
    if (reference === null) return found(await this.#last());
    const run = await this.#store.get(reference);
    if (isTest(run)) return found(run);
    throw usageError(
      `--resume: run ${run.record.id} is one of a single program; there is nothing to go on with`,
    );
  }

  async resume(id: string, digestOf: DigestOf): Promise<ResumedRun> {
    // Claimed before it is read: another process must not add to it in between.
    const run = await this.#store.resume(id);
    const others = new Map<string, string>();
    const done = await this.#store.readJournal(id, (outcome, digest) => {
      const key = keyOfJudged(outcome);
      const now = key === null ? null : digestOf(outcome);
      if (key === null || now === null || now === digest) return now && key;
      others.set(key, nameOf(outcome));
      return null;
    });
    const changed = new Set([...others].flatMap(([key, name]) => (done.has(key) ? [] : [name])));
    return { run, done, ids: done.ids, changed: changed.size };
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
  pinImages: async (suites, selection, find) => {
    const { pinImages } = await import('../engine/suites/images.js');
    return await pinImages(suites, selection, find);
  },
  parseReporters: parseReporterSpecs,
  createReporter: ({ name }, target) => createReporter(name, target),
  createFileReporters: createThreadedReporters,
  openHistory: async (env: HostEnv) => new StoredHistory(await RunStore.open(homeDirectory(env))),
  startEngine: async ({ jobs }) => await createHotcell({ concurrency: jobs }),
  convert: convertReport,
  diff: diffReports,
  diffText,
};
