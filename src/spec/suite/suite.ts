/** A suite as the rest of the code sees it: read, expanded, checked, every default filled in. */
import type { FileSource } from '../files.js';
import type { CheckedJob } from '../job.js';
import type { Status } from '../outcome.js';

export const COMPARE_MODES = ['exact', 'trim', 'lines', 'tokens', 'float', 'matches', 'json'] as const;

/**
 * How what was written is held against what was expected. `exact`: byte for byte. `trim`: white space at both ends does
 * not count. `lines`: neither white space at the end of a line nor empty lines at the end. `tokens`: only the words, not the
 * white space between them. `float`: tokens, numbers within a tolerance. `matches`: a regular expression finds something.
 * `json`: equal values, whatever the order of keys and the spaces.
 */
export type CompareMode = (typeof COMPARE_MODES)[number];

export interface TextExpectation {
  readonly compare: CompareMode;
  /** For `matches` the expression's source. */
  readonly expected: FileSource;
  /** For `float`: equal when the absolute or the relative error is at most this. */
  readonly tolerance: number;
  /** For `matches`: JavaScript's flags. */
  readonly flags: string;
}

/** A program of a suite, and the build whose outputs are put in beside its files. */
export interface Program {
  readonly job: CheckedJob;
  /** `id` of a build of the same suite. */
  readonly build: string | null;
}

/** What must hold for the verdict to be `passed`. */
export interface Expect {
  /** Any of these; what was written explicitly, or what `exitCode` and `signal` imply, else `ok`. */
  readonly statuses: readonly Status[];
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: TextExpectation | null;
  readonly stderr: TextExpectation | null;
  /** Path in the sandbox as in the job's `outputs`, and what the file must hold; null: it must be there. */
  readonly outputs: readonly { readonly path: string; readonly content: TextExpectation | null }[];
  /** Run as `checker [args] input output answer` (files in its workdir); exit 0 = right, 1 = wrong, else its own fault. */
  readonly checker: Program | null;
  readonly maxCpuTimeMs: number | null;
  readonly maxMemoryBytes: number | null;
}

/** Run once, before the first program that needs it. */
export interface Build {
  readonly id: string;
  /** Name of the job that asked for it first. */
  readonly name: string;
  readonly job: CheckedJob;
}

/** What is scheduled: one run of a job's program, with what is expected of it. */
export interface Case {
  /** Name of its job, matrix values in brackets: `sum[lang=c]`. Unique in the suite together with `case`. */
  readonly job: string;
  /** Null for a job without cases. */
  readonly case: string | null;
  readonly program: Program;
  readonly expect: Expect;
  /** Wired to the program: its stdout is the program's stdin and the other way round. */
  readonly interactor: Program | null;
  /** Names of jobs all of whose cases must have passed. */
  readonly needs: readonly string[];
  /** Further attempts after one that did not pass. */
  readonly retries: number;
  /** What it is worth when it passes; null when nothing was said. */
  readonly points: number | null;
  /** Higher is earlier; 0 unless said otherwise. */
  readonly priority: number;
  /** Nothing else runs meanwhile. */
  readonly exclusive: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Suite {
  /** Its `name`, or its file's path as it was given, or "suite". */
  readonly name: string;
  /** Absolute; null when it was not read from a file. */
  readonly path: string | null;
  readonly builds: readonly Build[];
  readonly cases: readonly Case[];
  /** Where each image of the store is named first, for messages: `sum.suite.yaml:3:12`. */
  readonly imagePlaces?: ReadonlyMap<string, string> | undefined;
}
