/** Cuts a JSON document into the pieces that are worth parsing by themselves, as its bytes come. See RFC 8259. */

/** A value of the outer object, or an element of the list that one of its keys holds. */
export interface Piece {
  readonly key: string;
  readonly text: string;
}

export interface SplitOptions {
  /** The key whose list is cut into its elements. */
  readonly list: string;
  /** Pieces of other keys are checked for their ends and dropped. */
  readonly wants: (key: string) => boolean;
}

/** Of one piece. V8 has no longer strings. */
const MAX_PIECE_BYTES = 256 * 1024 ** 2;
const MAX_DEPTH = 64;

const code = (char: string): number => char.charCodeAt(0);
const QUOTE = code('"');
const BACKSLASH = code('\\');
const COMMA = code(',');
const COLON = code(':');
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = '{}[]'.split('').map(code);
const BLANKS = new Set(' \t\n\r'.split('').map(code));
const OPENING = new Set([OPEN_OBJECT, OPEN_LIST]);
const CLOSING = new Set([CLOSE_OBJECT, CLOSE_LIST]);
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** What comes next, outside of a piece. */
type Expected =
  | 'object'
  | 'key'
  | 'first key'
  | 'colon'
  | 'value'
  | 'next'
  | 'first element'
  | 'element'
  | 'end';

export class JsonSplitter {
  readonly #options: SplitOptions;
  #expected: Expected = 'object';
  #inList = false;
  #key = '';
  /** Bytes before this chunk, and of the one in it that an error is about. */
  #offset = 0;
  #at = 0;
  #first = false;
  /** Of the piece that is being read, outside of which it is null. */
  #parts: Buffer[] | null = null;
  #bytes = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  constructor(options: SplitOptions) {
    this.#options = options;
  }

  /** @throws SyntaxError where it is no such document */
  *push(chunk: Buffer): Generator<Piece, void, undefined> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#parts === null) {
        // The first byte of a piece is part of it.
        if (this.#outside(chunk[at] ?? 0, at)) this.#first = true;
        else at++;
        continue;
      }
      const from = this.#first ? at + 1 : at;
      const end = this.#depth < 0 ? this.#endOfWord(chunk, from) : this.#endIn(chunk, from);
      this.#first = false;
      if (end === null) {
        this.#keep(chunk.subarray(at));
        break;
      }
      yield* this.#finish(chunk.subarray(at, end));
      at = end;
    }
    this.#offset += chunk.length;
  }

  /** @throws SyntaxError when something is missing */
  end(): void {
    if (this.#expected !== 'end' || this.#parts !== null) throw this.#error('it ends too early');
  }

  /** @returns whether a piece begins here */
  #outside(byte: number, at: number): boolean {
    this.#at = at;
    const isMark = this.#offset + at < BYTE_ORDER_MARK.length && byte === BYTE_ORDER_MARK[this.#offset + at];
    if (isMark || BLANKS.has(byte)) return false;
    switch (this.#expected) {
      case 'object':
        return this.#follow(byte === OPEN_OBJECT, 'first key');
      case 'first key':
        if (byte === CLOSE_OBJECT) return this.#follow(true, 'end');
        return this.#begin(byte === QUOTE, byte);
      case 'key':
        return this.#begin(byte === QUOTE, byte);
      case 'colon':
        return this.#follow(byte === COLON, 'value');
      case 'value':
        if (byte !== OPEN_LIST || this.#key !== this.#options.list) return this.#begin(true, byte);
        this.#inList = true;
        return this.#follow(true, 'first element');
      case 'first element':
        return byte === CLOSE_LIST ? this.#closeList() : this.#begin(true, byte);
      case 'element':
        return this.#begin(true, byte);
      case 'next':
        return this.#next(byte);
      case 'end':
        throw this.#error('something follows its end');
    }
  }

  #next(byte: number): boolean {
    if (byte === COMMA) return this.#follow(true, this.#inList ? 'element' : 'key');
    if (this.#inList) return byte === CLOSE_LIST ? this.#closeList() : this.#follow(false, 'next');
    return this.#follow(byte === CLOSE_OBJECT, 'end');
  }

  #closeList(): boolean {
    this.#inList = false;
    return this.#follow(true, 'next');
  }

  #follow(isRight: boolean, expected: Expected): boolean {
    if (!isRight) throw this.#error(`it is not JSON of a report: no ${this.#expected} there`);
    this.#expected = expected;
    return false;
  }

  #begin(isRight: boolean, byte: number): boolean {
    if (!isRight || CLOSING.has(byte) || byte === COMMA || byte === COLON)
      return this.#follow(false, 'value');
    this.#parts = [];
    this.#bytes = 0;
    this.#inString = byte === QUOTE;
    // Less than nothing is open in what has no brackets.
    this.#depth = OPENING.has(byte) ? 1 : this.#inString ? 0 : -1;
    return true;
  }

  /** @returns where the piece ends, or null when it goes on in the next chunk */
  #endIn(chunk: Buffer, from: number): number | null {
    // Most of a report passes here byte by byte.
    for (let at = from; at < chunk.length; at++) {
      if (this.#inString) at = this.#endOfString(chunk, at);
      else this.#bracket(chunk[at] ?? 0, at);
      if (this.#depth === 0 && !this.#inString) return at + 1;
    }
    return null;
  }

  #bracket(byte: number, at: number): void {
    if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#deeper(at);
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) this.#depth--;
  }

  /** A number or a word has no end of its own: it ends before what comes next. */
  #endOfWord(chunk: Buffer, from: number): number | null {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (BLANKS.has(byte) || byte === COMMA || CLOSING.has(byte)) return at;
    }
    return null;
  }

  /** @returns where the quote is that ends it, or the length of the chunk */
  #endOfString(chunk: Buffer, from: number): number {
    let escaped = this.#escaped;
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at];
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) {
        this.#inString = false;
        this.#escaped = false;
        return at;
      }
    }
    this.#escaped = escaped;
    return chunk.length;
  }

  #deeper(at: number): void {
    this.#at = at;
    if (++this.#depth > MAX_DEPTH) throw this.#error('it is nested too deep');
  }

  #keep(bytes: Buffer): void {
    this.#bytes += bytes.length;
    if (this.#bytes > MAX_PIECE_BYTES) throw this.#error('a part of it is too long');
    if (this.#isKey || this.#isWanted) this.#parts?.push(bytes);
  }

  *#finish(last: Buffer): Generator<Piece, void, undefined> {
    this.#keep(last);
    const parts = this.#parts ?? [];
    this.#parts = null;
    if (this.#isKey) {
      this.#key = String(JSON.parse(decode(parts)));
      this.#expected = 'colon';
      return;
    }
    this.#expected = 'next';
    if (this.#isWanted) yield { key: this.#key, text: decode(parts) };
  }

  get #isKey(): boolean {
    return this.#expected === 'key' || this.#expected === 'first key';
  }

  get #isWanted(): boolean {
    return this.#options.wants(this.#key);
  }

  #error(what: string): SyntaxError {
    return new SyntaxError(`${what} (byte ${this.#offset + this.#at + 1})`);
  }
}

/** @throws TypeError when it is not UTF-8 */
const decode = (parts: readonly Buffer[]): string =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(parts));
