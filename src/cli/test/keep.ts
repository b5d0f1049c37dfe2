import type { Outcome } from '../../spec/index.js';
import { reason } from '../reason.js';
import type { SuiteReporter, SuiteSummary } from './engine.js';
import { type FoundRun, journalReporter, type KeptRun, type TestHistory } from './history.js';
import type { TestPlan } from './plan.js';

/** What of the history this run has to do with. */
export interface Keeping {
  readonly run: KeptRun | null;
  readonly done: ReadonlyMap<string, Outcome>;
  readonly reporters: readonly SuiteReporter[];
  /** What to tell the user; null for nothing. */
  readonly problem: string | null;
}

const NOT_KEPT: Keeping = { run: null, done: new Map(), reporters: [], problem: null };

const keeping = (run: KeptRun, done: ReadonlyMap<string, Outcome> = new Map()): Keeping => ({
  run,
  done,
  reporters: [journalReporter(run, done)],
  problem: null,
});

interface About {
  readonly plan: Pick<TestPlan, 'keep' | 'name'>;
  readonly found: FoundRun | null;
  readonly files: readonly string[];
  readonly cwd: string;
}

/**
 * Begins the run's record, or takes up that of the run to be resumed.
 *
 * A machine without a place for a history can test all the same; only who asked for it by a name must have it.
 */
export async function keepRun(
  open: () => Promise<TestHistory>,
  { plan, found, files, cwd }: About,
): Promise<Keeping> {
  if (!plan.keep) return NOT_KEPT;
  try {
    const history = await open();
    if (found === null) return keeping(await history.begin({ name: plan.name, files, cwd }));
    const { run, done } = await history.resume(found.id);
    return keeping(run, done);
  } catch (error) {
    if (found !== null || plan.name !== null) throw error;
    return { ...NOT_KEPT, problem: `the run is not kept in the history: ${reason(error)}` };
  }
}

/** @returns what to tell the user, if not everything could be kept */
export async function finishKept(
  { run }: Keeping,
  result: { readonly exitCode: number; readonly summary: SuiteSummary | null },
): Promise<string[]> {
  try {
    await run?.finish(result);
    return [];
  } catch (error) {
    return [reason(error)];
  }
}
