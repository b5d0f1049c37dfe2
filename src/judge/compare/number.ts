/** Numbers as programs print them, read from bytes: a result may hold millions. */

const ZERO = 0x30;
const POINT = 0x2e;
const isDigit = (byte: number): boolean => byte >= ZERO && byte <= ZERO + 9;

/** A whole number of so many digits is exact, and so is the power of ten; then one division rounds right. */
const EXACT_DIGITS = 15;
const EXACT_POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

const WORDS: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
]);

const LONGEST_WORD = 'infinity'.length;
/** What is longer is no number, but text. */
const MAX_CHARACTERS = 4096;
// No two digit runs side by side: a run that could be parted anywhere takes time by its square.
const NUMBER = /^(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** Plain decimals of few digits, which is what nearly all are; NaN stands for "not one of these". */
function readPlain(bytes: Buffer, start: number, end: number): number {
  let digits = 0;
  let fraction = -1;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (isDigit(byte)) {
      digits = digits * 10 + (byte - ZERO);
      if (fraction >= 0) fraction++;
    } else if (byte === POINT && fraction < 0) fraction = 0;
    else return Number.NaN;
  }
  const power = EXACT_POWERS[Math.max(fraction, 0)];
  return power === undefined ? Number.NaN : digits / power;
}

function readAny(text: string): number | undefined {
  if (text.length <= LONGEST_WORD) {
    const word = WORDS.get(text.toLowerCase());
    if (word !== undefined) return word;
  }
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

const isSign = (byte: number | undefined): boolean => byte === 0x2b || byte === 0x2d;

/** Whether a number is read, and held, without any closer look. */
export function isPlain(bytes: Buffer, start: number, end: number): boolean {
  const from = isSign(bytes[start]) ? start + 1 : start;
  if (end - from > EXACT_DIGITS || !isDigit(bytes[from] ?? 0)) return false;
  for (let at = from + 1; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (!isDigit(byte) && byte !== POINT) return false;
  }
  return true;
}

/**
 * The number that a token is, NaN and infinities included where they are written as such; undefined when it is none, or
 * too large for a double: any two such would be equal.
 */
export function readNumber(bytes: Buffer, start: number, end: number): number | undefined {
  const sign = bytes[start];
  const from = isSign(sign) ? start + 1 : start;
  const first = bytes[from];
  if (from >= end || end - from > MAX_CHARACTERS || first === undefined) return undefined;
  const plain = end - from <= EXACT_DIGITS && isDigit(first) ? readPlain(bytes, from, end) : Number.NaN;
  const value = Number.isNaN(plain) ? readAny(bytes.toString('latin1', from, end)) : plain;
  return value === undefined || sign !== 0x2d ? value : -value;
}

/** Whether the absolute or the relative error is small enough. NaN is as expected where NaN is expected. */
export function isClose(expected: number, actual: number, tolerance: number): boolean {
  if (Object.is(expected, actual) || expected === actual) return true;
  if (!Number.isFinite(expected) || !Number.isFinite(actual)) return false;
  const error = Math.abs(expected - actual);
  return error <= tolerance || error <= tolerance * Math.abs(expected);
}

/** Decimals of so few characters that are not near the ends of what a double holds are equal where their doubles are. */
const NEAR_ZERO = 1e-290;
const NEAR_INFINITY = 1e290;

function isExact(text: string, value: number): boolean {
  if (text.length > EXACT_DIGITS) return false;
  const size = Math.abs(value);
  return (size >= NEAR_ZERO && size <= NEAR_INFINITY) || (size === 0 && !/e/i.test(text));
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?)0*(\d*))?$/i;

/** The same text for equal numbers, of which no digit is lost; undefined for NaN and infinities. */
function canonical(text: string): string | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', minus = '', exponent = ''] = match;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  if (digits === '') return '0';
  if (exponent.length > EXACT_DIGITS) return text;
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  const power = Number(`${minus}${exponent || 0}`) + digits.length - end - fraction.length;
  return `${sign === '-' ? sign : ''}${digits.slice(0, end)}e${power}`;
}

/** Whether two numbers of the same double are the same without any rounding. */
export const isSameDecimal = (expected: string, actual: string, value: number): boolean =>
  (isExact(expected, value) && isExact(actual, value)) || canonical(expected) === canonical(actual);
