import type { Case, Outcome } from '../../spec/index.js';

/** What identifies a case among all that a run of suites has: the same in every attempt and in a later run. */
export type CaseKey = string;

// Names hold no control characters, so none can be mistaken for the separator.
const SEPARATOR = '\u0000';

export const keyOf = (
  suite: string,
  { job, case: name }: Pick<Case, 'job' | 'case'>,
  repeat: number,
): CaseKey => [suite, job, name ?? '', name === null ? '' : 'case', repeat].join(SEPARATOR);

/** What identifies a build among them; no case has such a key. */
export const keyOfBuild = (suite: string, id: string): CaseKey => ['build', suite, id].join(SEPARATOR);

/** @returns null for an outcome that is no case's, such as a build's */
export function keyOfOutcome(outcome: Outcome): CaseKey | null {
  const { suite, role, repeat } = outcome;
  return suite === null || role !== 'program' ? null : keyOf(suite, outcome, repeat);
}
