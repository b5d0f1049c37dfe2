/** Comparisons byte for byte: everything, everything but the ends, or line by line. */
import { commonLength, isWhite, NEWLINE, parting, type Range, trimmed, whole } from './bytes.js';
import { type Comparer, type Finding, place } from './finding.js';

function compareRanges(expected: Range, actual: Range): Finding | null {
  const at = parting(expected, actual);
  return at === null ? null : place(expected.start + at, actual.start + at);
}

export const compareExact: Comparer = (expected, actual) => compareRanges(whole(expected), whole(actual));

export const compareTrim: Comparer = (expected, actual) => compareRanges(trimmed(expected), trimmed(actual));

/** Goes from line to line; one object for all of them, for there may be as many as bytes. */
class Lines implements Range {
  readonly bytes: Buffer;
  start = 0;
  /** Before the white space at the end of the line. */
  end = 0;
  #next: number;

  /** @param from the start of a line */
  constructor(bytes: Buffer, from: number) {
    this.bytes = bytes;
    this.#next = from;
  }

  /** Past the last line every further one is empty, and the answer is false. */
  advance(): boolean {
    const { bytes } = this;
    const from = this.#next;
    let end = from;
    while (end < bytes.length && bytes[end] !== NEWLINE) end++;
    this.start = from;
    this.#next = end < bytes.length ? end + 1 : end;
    while (end > from && isWhite(bytes, end - 1)) end--;
    this.end = end;
    return from < bytes.length;
  }
}

export const compareLines: Comparer = (expectedBytes, actualBytes) => {
  const common = commonLength(whole(expectedBytes), whole(actualBytes));
  const from = common === 0 ? 0 : expectedBytes.lastIndexOf(NEWLINE, common - 1) + 1;
  const expected = new Lines(expectedBytes, from);
  const actual = new Lines(actualBytes, from);
  for (;;) {
    const wanted = expected.advance();
    const given = actual.advance();
    const at = parting(expected, actual);
    if (at !== null) return place(expected.start + at, actual.start + at);
    if (!wanted && !given) return null;
  }
};
