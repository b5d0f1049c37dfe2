/** Figures for people. Columns have one unit and one number of decimals, so that their points stand below each other. */

const NONE = '–';
const NARROW_SPACE = '\u202f';
const MIB = 2 ** 20;

/** `12 345.6`, with narrow spaces between thousands. */
export function decimal(value: number, digits: number): string {
  const text = value.toFixed(digits);
  if (Math.abs(value) < 999) return text;
  const [whole = '', fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, NARROW_SPACE);
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

const orNone = (value: number | null, format: (value: number) => string): string =>
  value === null || !Number.isFinite(value) ? NONE : format(value);

/** Milliseconds with one decimal, without a unit. */
export const msColumn = (ms: number | null): string => orNone(ms, (value) => decimal(value, 1));

/** MiB with one decimal, without a unit. */
export const mibColumn = (bytes: number | null): string => orNone(bytes, (value) => decimal(value / MIB, 1));

export const count = (value: number | null): string => orNone(value, (number) => decimal(number, 0));

export const percent = (share: number | null): string =>
  orNone(share, (value) => `${Math.round(value * 100)}${NARROW_SPACE}%`);

/** Three digits that count: 0.912, 12.4, 1 234. */
function significant(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
  const text = decimal(value, digits);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function longDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([value]) => value > 0);
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value}${NARROW_SPACE}${unit}`)
    .join(' ');
}

function anyDuration(ms: number): string {
  if (ms === 0) return `0${NARROW_SPACE}ms`;
  if (ms < 0.9995) return `${significant(ms * 1000)}${NARROW_SPACE}µs`;
  if (ms < 999.5) return `${significant(ms)}${NARROW_SPACE}ms`;
  if (ms < 59_950) return `${significant(ms / 1000)}${NARROW_SPACE}s`;
  return longDuration(ms);
}

/** `850 ms`, `12.4 s`, `1 min 30 s`: for a figure that stands alone. */
export const duration = (ms: number | null): string => orNone(ms, anyDuration);

function anyBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let index = 0;
  while (value >= 999.5 && index < units.length - 1) {
    value /= 1024;
    index++;
  }
  const number = index === 0 ? decimal(value, 0) : significant(value);
  return `${number}${NARROW_SPACE}${units[index]}`;
}

/** `396 KiB`: for a figure that stands alone. */
export const bytes = (value: number | null): string => orNone(value, anyBytes);

/** `1 case`, `2 cases`. */
export const plural = (number: number, one: string, many = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : many}`;

/** `2026-01-31 14:03:09 UTC` of an ISO date. */
export const dateTime = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;

/** The beginning of a text, cut between characters, and how many characters are missing. */
export function cut(text: string, max: number): { readonly head: string; readonly missing: number } {
  if (text.length <= max) return { head: text, missing: 0 };
  const last = text.charCodeAt(max - 1);
  const end = last >= 0xd800 && last <= 0xdbff ? max - 1 : max;
  return { head: text.slice(0, end), missing: text.length - end };
}

/** The same for one line: an ellipsis says that it goes on. */
export function brief(text: string, max: number): string {
  const line = text.split('\n', 1)[0] ?? '';
  const { head, missing } = cut(line, max);
  return missing > 0 || line.length < text.length ? `${head.trimEnd()} …` : head;
}
