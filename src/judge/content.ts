import type { Difference, TextExpectation } from '../spec/index.js';
import { compare, type Finding, type TimeBudget } from './compare/index.js';
import { describePlace, describeReason } from './difference/index.js';
import { expectedBytes } from './expected.js';

/** What must hold of one stream or file. */
export interface Content {
  /** As differences have it: stdout, stderr, or a path. */
  readonly what: string;
  /** For people. */
  readonly label: string;
  readonly expectation: TextExpectation;
  readonly actual: Uint8Array;
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/** One line. */
function failureOf(label: string, { line, column, expected, actual, text }: Difference): string {
  if (line === null || column === null) return text.split('\n', 1)[0] ?? `${label} differs`;
  return `${label} differs at line ${line}, column ${column}: expected "${expected ?? ''}", got "${actual ?? ''}"`;
}

export interface Mismatch {
  readonly difference: Difference;
  /** One line. */
  readonly failure: string;
}

/**
 * @param budget of all that is compared for one case
 * @throws HotcellError `invalid-spec` when the expected file cannot be read
 */
export async function mismatchIn(
  { what, label, expectation, actual }: Content,
  budget: TimeBudget,
): Promise<Mismatch | null> {
  const expected = await expectedBytes(`expected ${label}`, expectation.expected);
  const subject = { what: label, compare: expectation.compare, expected, actual: asBuffer(actual) };
  const finding: Finding | null = compare(expected, subject.actual, { ...expectation, budget });
  if (finding === null) return null;
  const described =
    finding.kind === 'place' ? describePlace(subject, finding) : describeReason(subject, finding);
  return { difference: { ...described, what }, failure: failureOf(label, described) };
}
