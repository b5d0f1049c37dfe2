import type { Outcome } from '../../spec/index.js';
import type { SuiteReporter, SuiteSummary } from './engine.js';

/** A run of suites on its way into the history. */
export interface KeptRun {
  readonly id: string;
  append(outcome: Outcome): Promise<void>;
  finish(result: { readonly exitCode: number; readonly summary: SuiteSummary | null }): Promise<void>;
}

/** What a run was about. */
export interface FoundRun {
  readonly id: string;
  readonly files: readonly string[];
  readonly cwd: string | null;
}

export interface NewTestRun {
  readonly name: string | null;
  readonly files: readonly string[];
  readonly cwd: string;
}

export interface TestHistory {
  begin(run: NewTestRun): Promise<KeptRun>;
  /** @throws HotcellError `invalid-usage` when there is no such run of suites */
  find(reference: string | null): Promise<FoundRun>;
  /** Takes a run up again, with what has been judged already. */
  resume(id: string): Promise<{ readonly run: KeptRun; readonly done: ReadonlyMap<string, Outcome> }>;
}

/** Puts each outcome into the history as it comes, but those that are there already. */
export function journalReporter(run: KeptRun, done: ReadonlyMap<string, Outcome>): SuiteReporter {
  const known = new Set(Array.from(done.values(), (outcome) => outcome.id));
  return {
    onOutcome: async (outcome) => {
      if (!known.has(outcome.id)) await run.append(outcome);
    },
  };
}
