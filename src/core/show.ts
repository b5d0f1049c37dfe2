const MAX_SHOWN = 60;

/** Characters that move a cursor, hide or reorder text: they must never reach a terminal or a log as they are. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const escapeChar = (char: string): string => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;

/** Text from outside, quoted, escaped and shortened, so that it is safe and readable inside one line of a message. */
export function quote(text: string, max: number = MAX_SHOWN): string {
  const shown = text.length > max ? `${text.slice(0, max)}…` : text;
  const quoted = JSON.stringify(shown).replace(UNSAFE, escapeChar);
  return text.length > max ? `${quoted} (${text.length} characters)` : quoted;
}

/** Any value as a few words on one line: scalars as they are, everything else by its kind. */
export function show(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  if (value === undefined || value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  return 'an object';
}
