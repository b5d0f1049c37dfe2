import stringWidth from 'string-width';
import { type Excerpt, excerpt, linesBefore, type Place } from './place.js';

const CONTEXT_LINES = 2;

/** The same place on both sides, as it is shown. */
export interface Sides {
  readonly expected: Excerpt;
  readonly actual: Excerpt;
}

export const sideText = ({ before, after }: Excerpt): string => before + after;

const looks = (side: Excerpt): string => sideText(side).normalize('NFKC');

/** What looks alike although it is not is shown in ASCII. */
export function sidesOf(expected: Place, actual: Place): Sides {
  const atEnd = [expected, actual].some(({ at, lineEnd }) => at >= lineEnd);
  const show = (plain: boolean, ends: boolean): Sides => ({
    expected: excerpt(expected, { plain, ends }),
    actual: excerpt(actual, { plain, ends }),
  });
  const sides = show(false, atEnd);
  return looks(sides.expected) === looks(sides.actual) ? show(true, true) : sides;
}

/** Lines before, then the line as expected and as it was, and a mark below where they part. */
export function renderLines(expected: Place, actual: Place, sides: Sides): string[] {
  const digits = String(Math.max(expected.line, actual.line)).length;
  const row = (mark: string, line: number, text: string): string =>
    `${mark} ${String(line).padStart(digits)} | ${text}`;
  const context = linesBefore(actual, CONTEXT_LINES).map((place) =>
    row(' ', place.line, sideText(excerpt(place, { plain: false, ends: false }))),
  );
  const indent = ' '.repeat(digits + 5 + stringWidth(sides.actual.before));
  return [
    ...context,
    row('-', expected.line, sideText(sides.expected)),
    row('+', actual.line, sideText(sides.actual)),
    `${indent}^`,
  ];
}
