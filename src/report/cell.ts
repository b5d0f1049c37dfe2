import type { Outcome } from '../spec/index.js';

/** What is the same in all attempts of one run of one case, or of one build. */
export type CellKey = string;

// Names hold no control characters, so none can be mistaken for the separator.
const SEPARATOR = '\u0000';

export const cellKey = ({ suite, role, job, case: name, repeat }: Outcome): CellKey =>
  [suite ?? '', role, job, name === null ? '' : `=${name}`, repeat].join(SEPARATOR);

/** What is the same in all repetitions as well. */
export const caseKey = ({ suite, job, case: name }: Pick<Outcome, 'suite' | 'job' | 'case'>): CellKey =>
  [suite ?? '', job, name === null ? '' : `=${name}`].join(SEPARATOR);

/** Whether it counts: the last attempt of a program under test. */
export const isCounted = ({ role, final }: Outcome): boolean => role === 'program' && final;

export const isFlaky = (outcome: Outcome): boolean =>
  isCounted(outcome) && outcome.verdict === 'passed' && outcome.attempt > 1;

/** A build that leaves its cases without what they need. */
export const isFailedBuild = ({ role, final, verdict }: Outcome): boolean =>
  role === 'build' && final && verdict !== 'passed';

/** Attempts beyond these are counted by their number and not kept. */
const MAX_KEPT = 100;

/** Keeps what a report says of earlier attempts until the last one is there. */
export class Attempts<T> {
  readonly #open = new Map<CellKey, T[]>();
  readonly #brief: (outcome: Outcome) => T;

  constructor(brief: (outcome: Outcome) => T) {
    this.#brief = brief;
  }

  /** @returns the earlier attempts, in their order, when this is the last one; null when another follows */
  add(outcome: Outcome): readonly T[] | null {
    const key = cellKey(outcome);
    const earlier = this.#open.get(key) ?? [];
    if (outcome.final) {
      this.#open.delete(key);
      return earlier;
    }
    if (earlier.length < MAX_KEPT) earlier.push(this.#brief(outcome));
    this.#open.set(key, earlier);
    return null;
  }
}
