import { invalidSpec } from './errors.js';
import { quote } from './show.js';

/** Milliseconds in one of each unit, longest first: the order in which the parts of a duration must come. */
const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 0.001 } as const;

const PART = '(\\d{1,15}(?:\\.\\d{1,9})?)';
const DURATION = new RegExp(
  `^${Object.keys(UNITS)
    .map((unit) => `(?:${PART}${unit})?`)
    .join('')}$`,
);

/** What a duration may look like, for messages. */
const DURATION_FORMS = 'a number with us, ms, s, m, h or d, such as "500ms", "2s" or "1m30s"';

const invalid = (text: string, why: string): Error => invalidSpec(`${quote(text)} ${why}`);

function sum(parts: readonly (string | undefined)[]): number {
  const factors = Object.values(UNITS);
  return parts.reduce((total, part, index) => total + Number(part ?? 0) * (factors[index] ?? 0), 0);
}

/**
 * Milliseconds from text: `500ms`, `2s`, `1m30s`, `1.5h`, `250us` (0.25). Parts go from long to short, each at most
 * once. The result may have a fraction.
 *
 * @throws HotcellError `invalid-spec` for a number without unit, any other form, zero, and above 2^53 − 1.
 */
export function parseDurationMs(text: string): number {
  if (/^0+(\.0+)?$/.test(text)) throw invalid(text, 'must be more than 0');
  if (/^\d+(\.\d+)?$/.test(text)) throw invalid(text, `has no unit; write "${text}ms" or "${text}s"`);
  const match = text === '' ? null : DURATION.exec(text);
  if (match === null) throw invalid(text, `is not a duration; use ${DURATION_FORMS}`);
  const ms = sum(match.slice(1));
  if (ms === 0) throw invalid(text, 'is zero; a duration must be longer');
  if (ms > Number.MAX_SAFE_INTEGER) throw invalid(text, 'is too long');
  return ms;
}

const trim = (value: number, digits: number): number => Number(value.toFixed(digits));

function formatLong(ms: number): string {
  let rest = Math.round(ms / UNITS.s) * UNITS.s;
  let text = '';
  for (const unit of ['h', 'm', 's'] as const) {
    const count = Math.floor(rest / UNITS[unit]);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * UNITS[unit];
  }
  return text;
}

/** Milliseconds for people, in a form that {@link parseDurationMs} reads back: `250us`, `1.25ms`, `2.5s`, `1m30s`. */
export function formatMs(ms: number): string {
  if (!Number.isFinite(ms)) return `${ms}ms`;
  if (ms < 0) return `-${formatMs(-ms)}`;
  if (ms === 0) return '0ms';
  if (trim(ms, 3) < 1) return `${trim(ms / UNITS.us, 1)}us`;
  if (trim(ms, 2) < UNITS.s) return `${trim(ms, 2)}ms`;
  if (trim(ms / UNITS.s, 2) < 60) return `${trim(ms / UNITS.s, 2)}s`;
  return formatLong(ms);
}
