import type { Outcome, Suite } from '../../spec/index.js';
import { reason } from '../reason.js';
import { CaseDigests } from './digests.js';
import type { SuiteReporter, SuiteSummary } from './engine.js';
import { type DigestOf, type FoundRun, Journal, type KeptRun, type TestHistory } from './history.js';
import type { TestPlan } from './plan.js';

/** What of the history this run has to do with. */
export interface Keeping {
  readonly run: KeptRun | null;
  readonly journal: Journal | null;
  /** Whether somebody gave the run a name, and counts on finding it. */
  readonly isNamed: boolean;
  readonly done: ReadonlyMap<string, Outcome>;
  readonly reporters: readonly SuiteReporter[];
  /** What to tell the user before it begins. */
  readonly said: readonly string[];
}

const NOT_KEPT: Keeping = {
  run: null,
  journal: null,
  isNamed: false,
  done: new Map(),
  reporters: [],
  said: [],
};

interface About {
  readonly plan: Pick<TestPlan, 'keep' | 'name' | 'kept' | 'quiet'>;
  readonly found: FoundRun | null;
  readonly files: readonly string[];
  readonly cwd: string;
  readonly suites: readonly Suite[];
  /** How many results the whole run comes to. */
  readonly total: number;
}

const changedText = (count: number): string[] =>
  count === 0
    ? []
    : [
        `${count} ${count === 1 ? 'case has' : 'cases have'} changed and ${count === 1 ? 'runs' : 'run'} again`,
      ];

async function begin(history: TestHistory, about: About, digestOf: DigestOf): Promise<Keeping> {
  const { plan, files, cwd } = about;
  const run = await history.begin({ name: plan.name, files, flags: plan.kept, cwd });
  const journal = new Journal(run, { digestOf, known: new Set() });
  return { ...NOT_KEPT, run, journal, isNamed: plan.name !== null, reporters: [journal.reporter] };
}

interface Resumed extends Pick<About, 'plan' | 'total'> {
  readonly found: FoundRun;
}

async function resume(history: TestHistory, about: Resumed, digestOf: DigestOf): Promise<Keeping> {
  const { plan, total } = about;
  const { id, name } = about.found;
  const { run, done, ids, changed } = await history.resume(id, digestOf);
  const journal = new Journal(run, { digestOf, known: ids });
  const takenUp = plan.quiet ? [] : [`taking up run ${id}: ${done.size} of ${total} have results`];
  const said = [...takenUp, ...changedText(changed)];
  return { run, journal, isNamed: name !== null, done, reporters: [journal.reporter], said };
}

/**
 * Begins the run's record, or takes up that of the run to be resumed.
 *
 * A machine without a place for a history can test all the same; only who asked for it by a name must have it.
 */
export async function keepRun(open: () => Promise<TestHistory>, about: About): Promise<Keeping> {
  const { plan, found, suites } = about;
  if (!plan.keep) return NOT_KEPT;
  try {
    const history = await open();
    const digests = await CaseDigests.of(suites);
    const digestOf: DigestOf = (outcome) => digests.ofOutcome(outcome);
    if (found === null) return await begin(history, about, digestOf);
    return await resume(history, { ...about, found }, digestOf);
  } catch (error) {
    if (found !== null || plan.name !== null) throw error;
    return { ...NOT_KEPT, said: [`the run is not kept in the history: ${reason(error)}`] };
  }
}

/** @returns why not everything could be kept; null when it was */
export async function finishKept(
  { run, journal }: Keeping,
  result: { readonly exitCode: number; readonly summary: SuiteSummary | null },
): Promise<string | null> {
  try {
    await run?.finish(result);
  } catch (error) {
    return reason(error);
  }
  return journal?.error === undefined ? null : reason(journal.error);
}
