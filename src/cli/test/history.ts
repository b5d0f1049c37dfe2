import type { Outcome } from '../../spec/index.js';
import type { SuiteReporter, SuiteSummary } from './engine.js';
import type { KeptFlags } from './kept-flags.js';

/** A run of suites on its way into the history. */
export interface KeptRun {
  readonly id: string;
  /** @param digest of what its case was */
  append(outcome: Outcome, digest: string | null): Promise<void>;
  finish(result: { readonly exitCode: number; readonly summary: SuiteSummary | null }): Promise<void>;
}

/** What a run was about. */
export interface FoundRun {
  readonly id: string;
  readonly name: string | null;
  readonly files: readonly string[];
  readonly flags: KeptFlags;
  readonly cwd: string | null;
}

export interface NewTestRun {
  readonly name: string | null;
  readonly files: readonly string[];
  readonly flags: KeptFlags;
  readonly cwd: string;
}

/** What has been judged already in a run that is taken up again. */
export interface ResumedRun {
  readonly run: KeptRun;
  readonly done: ReadonlyMap<string, Outcome>;
  /** The `id`s of those outcomes. */
  readonly ids: ReadonlySet<string>;
  /** How many cases have been judged, but were others then. */
  readonly changed: number;
}

/** What a case is now; null for what is no outcome of a case, or of none that there is. */
export type DigestOf = (outcome: Outcome) => string | null;

export interface TestHistory {
  begin(run: NewTestRun): Promise<KeptRun>;
  /** @throws HotcellError `invalid-usage` when there is no such run of suites */
  find(reference: string | null): Promise<FoundRun>;
  /** Takes a run up again, with what has been judged already of cases that are still the same. */
  resume(id: string, digestOf: DigestOf): Promise<ResumedRun>;
}

/** Puts each outcome into the history as it comes, but those that are there already. */
export class Journal {
  readonly #run: KeptRun;
  readonly #digestOf: DigestOf;
  readonly #known: ReadonlySet<string>;
  #error: unknown;

  constructor(
    run: KeptRun,
    { digestOf, known }: { readonly digestOf: DigestOf; readonly known: ReadonlySet<string> },
  ) {
    this.#run = run;
    this.#digestOf = digestOf;
    this.#known = known;
  }

  /** Why outcomes are missing in the history; undefined when none are. */
  get error(): unknown {
    return this.#error;
  }

  /** Never fails: hours of a run are worth more than its place in the history. */
  readonly reporter: SuiteReporter = {
    onOutcome: async (outcome) => {
      if (this.#error !== undefined || this.#known.has(outcome.id)) return;
      await this.#run.append(outcome, this.#digestOf(outcome)).catch((error: unknown) => {
        this.#error = error;
      });
    },
  };
}
