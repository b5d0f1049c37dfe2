import { z } from 'zod';
import { formatBytes, formatMs, invalidSpec, parseBytes, parseDurationMs, show } from '../core/index.js';
import { parsedBy } from './shape.js';

/** A kind of amount: how its text is read and written, and which numbers it takes. */
export interface Kind {
  readonly noun: string;
  readonly forms: string;
  readonly whole: boolean;
  readonly parse?: (text: string) => number;
  readonly format: (amount: number) => string;
}

/** Numbers are bytes. */
export const SIZE: Kind = {
  noun: 'a size',
  forms: 'bytes or text such as "64MiB"',
  whole: true,
  parse: parseBytes,
  format: formatBytes,
};

/** Numbers are milliseconds. */
export const DURATION: Kind = {
  noun: 'a duration',
  forms: 'milliseconds or text such as "500ms", "2s" or "1m30s"',
  whole: false,
  parse: parseDurationMs,
  format: formatMs,
};

export const COUNT: Kind = { noun: 'a count', forms: 'a whole number', whole: true, format: String };
export const RATE: Kind = {
  noun: 'a number of CPUs',
  forms: 'a number such as 1 or 0.5',
  whole: false,
  format: String,
};

export interface Quantity {
  readonly kind: Kind;
  readonly min: number;
  readonly max: number;
  /** What holds when nothing is given, in the form a user would write it; for the JSON Schema. */
  readonly fallback: string | number | null;
  readonly about: string;
}

/** What other tools write for "no limit". */
const ENDLESS: ReadonlySet<unknown> = new Set([
  'unlimited',
  'infinity',
  'inf',
  'max',
  '-1',
  '0',
  'None',
  'NONE',
  'off',
  -1,
  0,
]);

function advice(value: unknown, orNone: boolean): string {
  if (!ENDLESS.has(value)) return '';
  return orNone ? '; for no limit write "none"' : '; this limit cannot be switched off';
}

function toAmount(value: string | number, { kind }: Quantity): number {
  if (typeof value === 'number') return value;
  if (kind.parse === undefined) throw invalidSpec(`${show(value)} is text; use ${kind.forms}`);
  return kind.parse(value);
}

function checkAmount(amount: number, value: string | number, { kind, min, max }: Quantity): number {
  const { format } = kind;
  if (kind.whole && !Number.isInteger(amount)) throw invalidSpec(`${show(value)} is not a whole number`);
  if (amount < min) throw invalidSpec(`${show(value)} is too small; at least ${format(min)}`);
  if (amount > max) throw invalidSpec(`${show(value)} is too large; at most ${format(max)}`);
  return amount;
}

function resolve(value: string | number, quantity: Quantity, orNone: boolean): number | null {
  if (orNone && value === 'none') return null;
  if (value === 'none') throw invalidSpec('"none" is not allowed; this limit cannot be switched off');
  return parsedWith(() => checkAmount(toAmount(value, quantity), value, quantity), advice(value, orNone));
}

/** Adds the advice to whatever was wrong, so that each check can stay ignorant of it. */
function parsedWith(compute: () => number, ending: string): number {
  if (ending === '') return compute();
  try {
    return compute();
  } catch (error) {
    throw invalidSpec(`${error instanceof Error ? error.message : String(error)}${ending}`);
  }
}

function input({ kind, min, max }: Quantity, orNone: boolean) {
  const numbers = z.number().meta({ minimum: min, maximum: max, ...(kind.whole ? { multipleOf: 1 } : {}) });
  const ending = orNone ? ', or "none"' : '';
  return z.union([numbers, z.string()], {
    error: ({ input: value }) => `${show(value)} is not ${kind.noun}; use ${kind.forms}${ending}`,
  });
}

/** An amount that always has a bound. */
export function amount(quantity: Quantity) {
  return input(quantity, false)
    .transform(parsedBy((value: string | number) => resolve(value, quantity, false) ?? quantity.max))
    .optional()
    .meta({ description: quantity.about, default: quantity.fallback });
}

/** An amount that "none" switches off: null. */
export function amountOrNone(quantity: Quantity) {
  return input(quantity, true)
    .transform(parsedBy((value: string | number) => resolve(value, quantity, true)))
    .optional()
    .meta({ description: quantity.about, default: quantity.fallback });
}
