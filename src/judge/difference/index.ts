/** A difference as people read it: where, what was expected there, what was written, and the lines around. */
import type { Difference } from '../../spec/index.js';
import { placeOf } from './place.js';
import { renderLines, sidesOf, sideText } from './render.js';

interface Subject {
  /** stdout, stderr, or the path of an output. */
  readonly what: string;
  readonly compare: string;
  readonly expected: Buffer;
  readonly actual: Buffer;
}

export interface Parted {
  readonly expectedAt: number;
  readonly actualAt: number;
  readonly note: string | null;
}

export function describePlace(subject: Subject, { expectedAt, actualAt, note }: Parted): Difference {
  const expected = placeOf(subject.expected, expectedAt);
  const actual = placeOf(subject.actual, actualAt);
  const sides = sidesOf(expected, actual);
  const { line, column } = actual;
  const head = `${subject.what} differs at line ${line}, column ${column}${note === null ? '' : `: ${note}`}`;
  const legend = `(- expected, + written; compared by ${subject.compare})`;
  return {
    what: subject.what,
    compare: subject.compare,
    line,
    column,
    expected: sideText(sides.expected),
    actual: sideText(sides.actual),
    text: [`${head} ${legend}`, ...renderLines(expected, actual, sides)].join('\n'),
  };
}

export interface Reasoned {
  readonly reason: string;
  readonly expected: string | null;
  readonly actual: string | null;
}

export function describeReason(
  { what, compare }: Pick<Subject, 'what' | 'compare'>,
  { reason, expected, actual }: Reasoned,
): Difference {
  const sides = [
    ...(expected === null ? [] : [`- ${expected}`]),
    ...(actual === null ? [] : [`+ ${actual}`]),
  ];
  const text = [`${what}: ${reason} (compared by ${compare})`, ...sides].join('\n');
  return { what, compare, line: null, column: null, expected, actual, text };
}
