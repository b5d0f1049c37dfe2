import { SUITE_BOUNDS } from './bounds.js';
import type { ProblemList } from './problem-list.js';
import type { Tree } from './tree.js';

type Counted = 'combinations' | 'cases' | 'matrixSteps' | 'expanded';

const MESSAGES: Readonly<Record<Counted, string>> = {
  combinations: `the suite has too many cases here; at most ${SUITE_BOUNDS.cases}`,
  cases: `the suite has too many cases here; at most ${SUITE_BOUNDS.cases}`,
  matrixSteps: `the matrices take too long here; at most ${SUITE_BOUNDS.matrixSteps} values, and entries of "exclude" times combinations, in all jobs`,
  expanded: `the suite has too many values here, all that jobs inherit written out; at most ${SUITE_BOUNDS.expanded}`,
};

const MOST: Readonly<Record<Counted, number>> = {
  combinations: SUITE_BOUNDS.cases,
  cases: SUITE_BOUNDS.cases,
  matrixSteps: SUITE_BOUNDS.matrixSteps,
  expanded: SUITE_BOUNDS.expanded,
};

/** What all jobs come to so far: a small file may ask for more than there is memory or time for. */
export class Totals {
  readonly #sums: Record<Counted, number> = { combinations: 0, cases: 0, matrixSteps: 0, expanded: 0 };
  readonly #problems: ProblemList;
  #isExceeded = false;

  constructor(problems: ProblemList) {
    this.#problems = problems;
  }

  /** Whether nothing more is to be made. */
  get isExceeded(): boolean {
    return this.#isExceeded;
  }

  /** False once there is too much of anything, after that was added as a problem of what it was added for. */
  add(counted: Counted, amount: number, { place }: Tree): boolean {
    if (this.#isExceeded) return false;
    this.#sums[counted] += amount;
    if (this.#sums[counted] <= MOST[counted]) return true;
    this.#isExceeded = true;
    this.#problems.add(place, MESSAGES[counted]);
    return false;
  }
}
