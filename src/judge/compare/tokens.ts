/** Comparisons of words, whatever white space is between them: byte for byte, or numbers within a tolerance. */
import { commonLength, isWhite, parting, type Range, whole } from './bytes.js';
import { type Comparer, type Finding, place } from './finding.js';
import { isClose, isSameDecimal, readNumber } from './number.js';

/** Goes from word to word; one object for all of them, for there may be millions. */
class Words implements Range {
  readonly bytes: Buffer;
  start: number;
  end: number;

  /** @param from between two words */
  constructor(bytes: Buffer, from: number) {
    this.bytes = bytes;
    this.start = from;
    this.end = from;
  }

  /** Whether there was one more; if not, both ends are that of the bytes. */
  advance(): boolean {
    const { bytes } = this;
    let at = this.end;
    while (at < bytes.length && isWhite(bytes, at)) at++;
    this.start = at;
    while (at < bytes.length && !isWhite(bytes, at)) at++;
    this.end = at;
    return this.start < at;
  }
}

/** Where a word that is not the same on both sides may begin at the earliest. */
function startOfDifference(expected: Buffer, actual: Buffer): number {
  let at = commonLength(whole(expected), whole(actual));
  while (at > 0 && !isWhite(expected, at - 1)) at--;
  return at;
}

function wordsBefore(bytes: Buffer, end: number): number {
  const words = new Words(bytes.subarray(0, end), 0);
  let count = 0;
  while (words.advance()) count++;
  return count;
}

/** Null when the words are the same, else where they part. */
type WordParting = (expected: Range, actual: Range) => number | null;

function compareWords(expectedBytes: Buffer, actualBytes: Buffer, partingOf: WordParting): Finding | null {
  const from = startOfDifference(expectedBytes, actualBytes);
  const expected = new Words(expectedBytes, from);
  const actual = new Words(actualBytes, from);
  const found = (at: number, what = ''): Finding => {
    const number = wordsBefore(actualBytes, actual.start) + 1;
    return place(expected.start + at, actual.start + at, `word ${number}${what}`);
  };
  for (;;) {
    const wanted = expected.advance();
    const given = actual.advance();
    if (!wanted && !given) return null;
    if (!wanted) return found(0, ' is one too many');
    if (!given) return found(0, ' is missing');
    const at = partingOf(expected, actual);
    if (at !== null) return found(at);
  }
}

export const compareTokens: Comparer = (expected, actual) => compareWords(expected, actual, parting);

const numberIn = ({ bytes, start, end }: Range): number | undefined => readNumber(bytes, start, end);

const textIn = ({ bytes, start, end }: Range): string => bytes.toString('latin1', start, end);

export const compareFloat: Comparer = (expectedBytes, actualBytes, { tolerance }) =>
  compareWords(expectedBytes, actualBytes, (expected, actual) => {
    const at = parting(expected, actual);
    if (at === null) return null;
    const wanted = numberIn(expected);
    const given = numberIn(actual);
    if (wanted === undefined || given === undefined) return at;
    if (!isClose(wanted, given, tolerance)) return 0;
    return tolerance > 0 || isSameDecimal(textIn(expected), textIn(actual)) ? null : 0;
  });
