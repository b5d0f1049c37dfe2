/** Comparisons of words, whatever white space is between them: byte for byte, or numbers within a tolerance. */
import { isWhite, parting, type Range } from './bytes.js';
import { type Comparer, type Finding, place } from './finding.js';
import { isClose, readNumber } from './number.js';

/** Goes from word to word; one object for all of them, for there may be millions. */
class Words implements Range {
  readonly bytes: Buffer;
  start = 0;
  end = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Whether there was one more; if not, both ends are that of the bytes. */
  advance(): boolean {
    const { bytes } = this;
    let at = this.end;
    while (at < bytes.length && isWhite(bytes[at])) at++;
    this.start = at;
    while (at < bytes.length && !isWhite(bytes[at])) at++;
    this.end = at;
    return this.start < at;
  }
}

/** Null when the words are the same, else where they part. */
type WordParting = (expected: Range, actual: Range) => number | null;

function compareWords(expected: Words, actual: Words, partingOf: WordParting): Finding | null {
  for (let count = 1; ; count++) {
    const wanted = expected.advance();
    const given = actual.advance();
    if (!wanted && !given) return null;
    if (!wanted) return place(expected.start, actual.start, `word ${count} is one too many`);
    if (!given) return place(expected.start, actual.start, `word ${count} is missing`);
    const at = partingOf(expected, actual);
    if (at !== null) return place(expected.start + at, actual.start + at, `word ${count}`);
  }
}

export const compareTokens: Comparer = (expected, actual) =>
  compareWords(new Words(expected), new Words(actual), parting);

const numberIn = ({ bytes, start, end }: Range): number | undefined => readNumber(bytes, start, end);

export const compareFloat: Comparer = (expectedBytes, actualBytes, { tolerance }) =>
  compareWords(new Words(expectedBytes), new Words(actualBytes), (expected, actual) => {
    const at = parting(expected, actual);
    if (at === null) return null;
    const wanted = numberIn(expected);
    const given = numberIn(actual);
    if (wanted === undefined || given === undefined) return at;
    return isClose(wanted, given, tolerance) ? null : 0;
  });
