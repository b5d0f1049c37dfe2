/** Comparisons of words, whatever white space is between them: byte for byte, or numbers within a tolerance. */
import { formatBytes } from '../../core/index.js';
import { commonLength, isWhite, parting, type Range, whole } from './bytes.js';
import { type Comparer, type Finding, place, type ReasonFinding, reason } from './finding.js';
import { isClose, isPlain, isSameDecimal, readNumber } from './number.js';

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

/** Null when the words are the same, else where they part, or why that is not found out. */
type WordParting = (expected: Range, actual: Range) => number | ReasonFinding | null;

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
    if (at !== null) return typeof at === 'number' ? found(at) : at;
  }
}

export const compareTokens: Comparer = (expected, actual) => compareWords(expected, actual, parting);

const numberIn = ({ bytes, start, end }: Range): number | undefined => readNumber(bytes, start, end);

const textIn = ({ bytes, start, end }: Range): string => bytes.toString('latin1', start, end);

const plain = ({ bytes, start, end }: Range): boolean => isPlain(bytes, start, end);

/** What takes some seconds; the same text is the same at any size. */
const MAX_FLOAT_BYTES = 64 * 1024 ** 2;
/** Numbers with exponents and such, and those to be the same to the last digit, take ten times as long as plain ones. */
const MAX_SLOW_WORDS = 4_000_000;

const tooLarge = (bytes: number): ReasonFinding =>
  reason(`too large to be compared as float: ${bytes} bytes, at most ${formatBytes(MAX_FLOAT_BYTES)}`);

const tooSlow = (): ReasonFinding =>
  reason(
    `too much to be compared as float: more than ${MAX_SLOW_WORDS.toLocaleString('en-US')} numbers that are not plain decimals of at most 15 characters are written in another way than expected`,
  );

function numberParting(tolerance: number): WordParting {
  let slow = 0;
  return (expected, actual) => {
    const at = parting(expected, actual);
    if (at === null) return null;
    if (!(plain(expected) && plain(actual)) && ++slow > MAX_SLOW_WORDS) return tooSlow();
    const wanted = numberIn(expected);
    const given = numberIn(actual);
    if (wanted === undefined || given === undefined) return at;
    if (!isClose(wanted, given, tolerance)) return 0;
    return tolerance > 0 || isSameDecimal(textIn(expected), textIn(actual), wanted) ? null : 0;
  };
}

export const compareFloat: Comparer = (expected, actual, { tolerance }) => {
  const bytes = Math.max(expected.length, actual.length);
  if (bytes > MAX_FLOAT_BYTES) return expected.equals(actual) ? null : tooLarge(bytes);
  return compareWords(expected, actual, numberParting(tolerance));
};
