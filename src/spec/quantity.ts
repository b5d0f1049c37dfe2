import * as z from 'zod';
import {
  formatBytes,
  formatMs,
  HotcellError,
  invalidSpec,
  parseBytes,
  parseDurationMs,
  show,
} from '../core/index.js';
import { parsedBy } from './shape.js';

/** An amount that may be text with a unit: how it is read and written. */
interface TextKind {
  readonly noun: string;
  readonly forms: string;
  readonly whole: boolean;
  readonly parse: (text: string) => number;
  readonly format: (amount: number) => string;
}

interface NumberKind {
  readonly noun: string;
  readonly forms: string;
  readonly whole: boolean;
}

/** Numbers are bytes. */
export const SIZE: TextKind = {
  noun: 'a size',
  forms: 'bytes or text such as "64MiB"',
  whole: true,
  parse: parseBytes,
  format: formatBytes,
};

/** Numbers are milliseconds. */
export const DURATION: TextKind = {
  noun: 'a duration',
  forms: 'milliseconds or text such as "500ms", "2s" or "1m30s"',
  whole: false,
  parse: parseDurationMs,
  format: formatMs,
};

export const COUNT: NumberKind = { noun: 'a count', forms: 'a whole number', whole: true };
export const RATE: NumberKind = {
  noun: 'a number of CPUs',
  forms: 'a number such as 1 or 0.5',
  whole: false,
};

interface Quantity<Kind> {
  readonly kind: Kind;
  readonly min: number;
  readonly max: number;
  /** What holds when nothing is given, as a user would write it; for the JSON Schema. */
  readonly fallback: string | number | null;
  readonly about: string;
}

/** What other tools write for "no limit". */
const ENDLESS: ReadonlySet<unknown> = new Set([
  ...['unlimited', 'infinity', 'inf', 'max', 'off', 'None', 'NONE', '-1', '0'],
  ...[-1, 0, Number.POSITIVE_INFINITY],
]);

const ZERO = /^0+[a-z]+$/i;

/** The end of a message about a value that was meant to switch the limit off. */
function advice(value: unknown, orNone: boolean): string {
  if (value === 'none') return '; this limit cannot be switched off';
  if (!ENDLESS.has(value) && !(typeof value === 'string' && ZERO.test(value))) return '';
  return orNone ? '; for no limit write "none"' : '; this limit cannot be switched off';
}

function check(amount: number, value: string | number, quantity: Quantity<TextKind | NumberKind>): number {
  const { kind, min, max } = quantity;
  const format = 'format' in kind ? kind.format : String;
  if (kind.whole && !Number.isInteger(amount)) throw invalidSpec(`${show(value)} is not a whole number`);
  if (amount < min) throw invalidSpec(`${show(value)} is too small; at least ${format(min)}`);
  if (amount > max) throw invalidSpec(`${show(value)} is too large; at most ${format(max)}`);
  return amount;
}

/** Null for "none" where that is allowed. */
function resolver(quantity: Quantity<TextKind | NumberKind>, orNone: boolean) {
  const { kind } = quantity;
  return (value: string | number): number | null => {
    if (orNone && value === 'none') return null;
    try {
      if (typeof value === 'number') return check(value, value, quantity);
      if (value === 'none' || !('parse' in kind)) throw invalidSpec(refusal(value, kind));
      return check(kind.parse(value), value, quantity);
    } catch (error) {
      const ending = advice(value, orNone);
      throw error instanceof HotcellError && ending !== '' ? invalidSpec(`${error.message}${ending}`) : error;
    }
  };
}

const refusal = (value: unknown, { noun, forms }: NumberKind): string =>
  `${show(value)} is not ${noun}; use ${forms}`;

const numbers = ({ kind, min, max }: Quantity<NumberKind>) =>
  z.number().meta({ minimum: min, maximum: max, ...(kind.whole ? { type: 'integer' } : {}) });

const refusing = ({ kind }: Quantity<NumberKind>, orNone: boolean) => ({
  error: ({ input }: { input?: unknown }) => `${refusal(input, kind)}${advice(input, orNone)}`,
});

const described = ({ fallback, about }: Quantity<NumberKind>) => ({ description: about, default: fallback });

/** A size or duration that always has a bound. */
export function amount(quantity: Quantity<TextKind>) {
  const resolve = resolver(quantity, false);
  return z
    .union([numbers(quantity), z.string()], refusing(quantity, false))
    .transform(parsedBy((value: string | number) => resolve(value) as number))
    .optional()
    .meta(described(quantity));
}

/** A size or duration that "none" switches off: null. */
export function amountOrNone(quantity: Quantity<TextKind>) {
  return z
    .union([numbers(quantity), z.string()], refusing(quantity, true))
    .transform(parsedBy(resolver(quantity, true)))
    .optional()
    .meta(described(quantity));
}

/** A plain number that always has a bound. */
export function count(quantity: Quantity<NumberKind>) {
  const resolve = resolver(quantity, false);
  return z
    .number(refusing(quantity, false))
    .meta({ minimum: quantity.min, maximum: quantity.max, type: 'integer' })
    .transform(parsedBy((value: number) => resolve(value) as number))
    .optional()
    .meta(described(quantity));
}

/** A plain number that "none" switches off: null. */
export function countOrNone(quantity: Quantity<NumberKind>) {
  return z
    .union([numbers(quantity), z.literal('none')], refusing(quantity, true))
    .transform(parsedBy(resolver(quantity, true)))
    .optional()
    .meta(described(quantity));
}
