import type { Difference, TextExpectation } from '../spec/index.js';
import { compare, type Finding } from './compare/index.js';
import { describePlace, describeReason } from './difference/index.js';
import { expectedBytes } from './expected.js';

/** What must hold of one stream or file. */
export interface Content {
  readonly what: string;
  readonly expectation: TextExpectation;
  readonly actual: Uint8Array;
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/** @throws HotcellError `invalid-spec` when the expected file cannot be read */
export async function differenceIn({ what, expectation, actual }: Content): Promise<Difference | null> {
  const expected = await expectedBytes(`expected ${what}`, expectation.expected);
  const subject = { what, compare: expectation.compare, expected, actual: asBuffer(actual) };
  const finding: Finding | null = compare(expected, subject.actual, expectation);
  if (finding === null) return null;
  return finding.kind === 'place' ? describePlace(subject, finding) : describeReason(subject, finding);
}

/** One line. */
export function failureOf({ what, line, column, expected, actual, text }: Difference): string {
  if (line === null || column === null) return text.split('\n', 1)[0] ?? `${what} differs`;
  return `${what} differs at line ${line}, column ${column}: expected "${expected ?? ''}", got "${actual ?? ''}"`;
}
