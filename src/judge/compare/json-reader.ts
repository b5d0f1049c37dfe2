/** Reads JSON so that equal values are equal here too: JSON.parse rounds large numbers and forgets keys given twice. */
import { formatBytes, quote } from '../../core/index.js';

/** A number that a double does not hold exactly. */
export class Decimal {
  /** The same for equal values. */
  readonly canonical: string;
  /** As it was written. */
  readonly text: string;

  constructor(canonical: string, text: string) {
    this.canonical = canonical;
    this.text = text;
  }
}

export type Json = null | boolean | number | string | Decimal | readonly Json[] | ReadonlyMap<string, Json>;

/** Deeper is an attack, not a result. */
const MAX_DEPTH = 512;

/** Values take many times the memory of their text, and where V8 has no more of it the whole process dies. */
const MAX_BYTES = 32 * 1024 ** 2;
const MAX_VALUES = 2_000_000;

/** A decimal of so few digits has one double of its own, away from the ends of their range. */
const EXACT_DIGITS = 15;
const MAX_EXPONENT = 290;
const EXPONENT_DIGITS = 15;

const NUMBER = /-?(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?/y;
// Plain characters first, so that a long string is one step; control characters must be escaped.
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these
const PLAIN = /[^"\\\u0000-\u001f]*/y;

export class JsonError extends Error {}

/** The text may well be JSON, but was not read. */
export class JsonTooLarge extends JsonError {}

/** The value without leading and trailing zeros, as digits and a power of ten; in doubles where they are exact. */
function readDecimal(
  text: string,
  [whole = '', fraction = '', exponent = '0']: readonly string[],
): number | Decimal {
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  if (digits === '') return 0;
  if (exponent.replace(/^[+-]?0*/, '').length > EXPONENT_DIGITS) return new Decimal(text, text);
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  const power = Number(exponent) - fraction.length + (digits.length - end);
  if (end <= EXACT_DIGITS && Math.abs(power) <= MAX_EXPONENT) return Number(text);
  const sign = text.startsWith('-') ? '-' : '';
  return new Decimal(`${sign}${digits.slice(0, end)}e${power}`, text);
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const POINT = 0x2e;
const ZERO = 0x30;

/** What makes a number need a closer look: a second point, or an exponent, whose "e" comes in two cases. */
const goesOn = (code: number): boolean => code === POINT || (code | 0x20) === 0x65;

/** Nearly all numbers are short decimals, and need no expression; gives `from` when this one does. */
function endOfPlainNumber(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at++;
  if (at === from || (text.charCodeAt(from) === ZERO && at > from + 1)) return from;
  if (text.charCodeAt(at) === POINT && isDigit(text.charCodeAt(at + 1))) {
    at++;
    while (isDigit(text.charCodeAt(at))) at++;
  }
  return at - from <= EXACT_DIGITS && !goesOn(text.charCodeAt(at)) ? at : from;
}

// Even an empty map takes two hundred bytes.
const NO_ITEMS: readonly Json[] = [];
const NO_ENTRIES: ReadonlyMap<string, Json> = new Map();

class JsonReader {
  readonly #text: string;
  #at = 0;
  #values = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Json {
    const value = this.#value(0);
    this.#skip();
    if (this.#at < this.#text.length) throw this.#error('nothing more may follow');
    return value;
  }

  #error(what: string): JsonError {
    let line = 1;
    let start = 0;
    for (;;) {
      const next = this.#text.indexOf('\n', start) + 1;
      if (next === 0 || next > this.#at) break;
      line++;
      start = next;
    }
    return new JsonError(`${what}, at line ${line}, column ${this.#at - start + 1}`);
  }

  #skip(): void {
    const text = this.#text;
    let at = this.#at;
    while (isBlank(text.charCodeAt(at))) at++;
    this.#at = at;
  }

  #take(char: string): boolean {
    this.#skip();
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #value(depth: number): Json {
    if (depth > MAX_DEPTH) throw this.#error(`nested deeper than ${MAX_DEPTH}`);
    if (++this.#values > MAX_VALUES)
      throw new JsonTooLarge(`more than ${MAX_VALUES.toLocaleString('en-US')} values`);
    this.#skip();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#list(depth);
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#error('a value is missing');
    this.#at += word.length;
    return value;
  }

  #number(): number | Decimal {
    const end = endOfPlainNumber(this.#text, this.#at);
    if (end > this.#at) {
      const value = Number(this.#text.slice(this.#at, end));
      this.#at = end;
      return value;
    }
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw this.#error('a value is missing');
    this.#at = NUMBER.lastIndex;
    return readDecimal(match[0], match.slice(1));
  }

  #string(): string {
    const start = this.#at++;
    for (;;) {
      PLAIN.lastIndex = this.#at;
      PLAIN.test(this.#text);
      this.#at = PLAIN.lastIndex;
      const char = this.#text[this.#at++];
      if (char === '"') break;
      if (char === undefined || this.#at >= this.#text.length) throw this.#error('a string does not end');
      if (char !== '\\') throw this.#error('a control character in a string');
      this.#at++; // what is escaped, be it a quote
    }
    return this.#unescape(this.#text.slice(start, this.#at));
  }

  #unescape(quoted: string): string {
    if (!quoted.includes('\\')) return quoted.slice(1, -1);
    try {
      return JSON.parse(quoted) as string;
    } catch {
      throw this.#error('a wrong escape in a string');
    }
  }

  #list(depth: number): readonly Json[] {
    this.#at++;
    if (this.#take(']')) return NO_ITEMS;
    const items: Json[] = [];
    do items.push(this.#value(depth + 1));
    while (this.#take(','));
    if (!this.#take(']')) throw this.#error('"," or "]" is missing');
    return items;
  }

  #object(depth: number): ReadonlyMap<string, Json> {
    this.#at++;
    if (this.#take('}')) return NO_ENTRIES;
    const entries = new Map<string, Json>();
    do this.#entry(entries, depth);
    while (this.#take(','));
    if (!this.#take('}')) throw this.#error('"," or "}" is missing');
    return entries;
  }

  #entry(entries: Map<string, Json>, depth: number): void {
    this.#skip();
    if (this.#text[this.#at] !== '"') throw this.#error('a key is missing');
    const key = this.#string();
    if (entries.has(key)) throw this.#error(`the key ${quote(key)} is there twice`);
    if (!this.#take(':')) throw this.#error('":" is missing');
    entries.set(key, this.#value(depth + 1));
  }
}

/** @throws JsonError with the reason and the place */
export function readJson(bytes: Uint8Array): Json {
  if (bytes.length > MAX_BYTES)
    throw new JsonTooLarge(`${bytes.length} bytes, at most ${formatBytes(MAX_BYTES)}`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new JsonError('it is not UTF-8');
  }
  return new JsonReader(text).document();
}
