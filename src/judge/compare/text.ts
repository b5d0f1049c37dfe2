/** Comparisons byte for byte: everything, everything but the ends, or line by line. */
import { isWhite, NEWLINE, parting, type Range, trimmed } from './bytes.js';
import { type Comparer, type Finding, place } from './finding.js';

function compareRanges(expected: Range, actual: Range): Finding | null {
  const at = parting(expected, actual);
  return at === null ? null : place(expected.start + at, actual.start + at);
}

const whole = (bytes: Buffer): Range => ({ bytes, start: 0, end: bytes.length });

export const compareExact: Comparer = (expected, actual) =>
  expected.equals(actual) ? null : compareRanges(whole(expected), whole(actual));

export const compareTrim: Comparer = (expected, actual) => compareRanges(trimmed(expected), trimmed(actual));

/** Goes from line to line; one object for all of them, for there may be as many as bytes. */
class Lines implements Range {
  readonly bytes: Buffer;
  start = 0;
  /** Before the white space at the end of the line. */
  end = 0;
  #next = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Past the last line every further one is empty, and the answer is false. */
  advance(): boolean {
    const { bytes } = this;
    const from = this.#next;
    let end = from;
    while (end < bytes.length && bytes[end] !== NEWLINE) end++;
    this.start = from;
    this.#next = Math.min(end + 1, bytes.length);
    while (end > from && isWhite(bytes[end - 1])) end--;
    this.end = end;
    return from < bytes.length;
  }
}

export const compareLines: Comparer = (expectedBytes, actualBytes) => {
  const expected = new Lines(expectedBytes);
  const actual = new Lines(actualBytes);
  for (;;) {
    const more = [expected.advance(), actual.advance()];
    const at = parting(expected, actual);
    if (at !== null) return place(expected.start + at, actual.start + at);
    if (!more.includes(true)) return null;
  }
};
