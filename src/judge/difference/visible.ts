/** Shows bytes as text in which nothing is invisible and nothing can move a cursor. */

/** Control, format, surrogate, unassigned and space characters other than the plain space. */
const INVISIBLE = /^[\p{C}\p{Z}]$/u;

const SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['\t', '→'],
  ['\r', '␍'],
  ['\n', '⏎'],
  ['\0', '␀'],
]);

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** Bytes of the UTF-8 character that begins with this one, as the first byte has it. */
function lengthOf(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2) return 1;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function characterAt(bytes: Uint8Array, at: number): { char: string | null; length: number } {
  const length = lengthOf(bytes[at] ?? 0);
  try {
    return { char: decoder.decode(bytes.subarray(at, at + length)), length };
  } catch {
    return { char: null, length: 1 };
  }
}

const escaped = (char: string): string => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;

function shown(char: string, plain: boolean): string {
  if (char === ' ') return char;
  const symbol = SYMBOLS.get(char);
  if (symbol !== undefined) return symbol;
  const hides = INVISIBLE.test(char) || (plain && char > '~');
  return hides ? escaped(char) : char;
}

export interface Visibility {
  /** Only ASCII as it is: tells apart what merely looks alike. */
  readonly plain?: boolean;
  /** From here on, spaces are at the end of their line and are shown. */
  readonly spacesFrom?: number;
}

/** One entry per character; a byte that is no UTF-8 is one too. */
export function pieces(
  bytes: Uint8Array,
  { plain = false, spacesFrom = Number.POSITIVE_INFINITY }: Visibility = {},
): string[] {
  const all: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { char, length } = characterAt(bytes, at);
    if (char === null) all.push(`\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`);
    else if (char === ' ' && at >= spacesFrom) all.push('·');
    else all.push(shown(char, plain));
    at += length;
  }
  return all;
}

/** The start of the character that this byte belongs to. */
export function characterStart(bytes: Uint8Array, at: number, from: number): number {
  let start = at;
  while (start > from && at - start < 3 && isContinuation(bytes[start])) start--;
  return isContinuation(bytes[start]) ? at : start;
}

/** How many characters, bytes that are none counted with what is before them. */
export function countCharacters(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) if (!isContinuation(bytes[at])) count++;
  return count;
}

const HEAD_CHARACTERS = 120;

/** How it begins. */
export function headText(bytes: Uint8Array, characters: number = HEAD_CHARACTERS): string {
  const all = pieces(bytes.subarray(0, characters * 4));
  let text = '';
  for (const [index, piece] of all.entries()) {
    if (text.length + piece.length > characters) return `${text}…`;
    text += piece;
    if (index === all.length - 1 && bytes.length > characters * 4) return `${text}…`;
  }
  return text;
}
