/** The part of Go's fmt.Sprintf that is of use for text and numbers. Source: https://pkg.go.dev/fmt */
import { quote } from '../core/index.js';
import { jsonOf, kindOf, textOf } from './value.js';

const VERB = /%([-+ 0#]*)(\d+)?(?:\.(\d+)?)?([\s\S]?)/g;
const MAX_WIDTH = 1000;

interface Spec {
  readonly flags: string;
  readonly precision: number | undefined;
}

function numberOf(value: unknown, verb: string): number {
  if (typeof value === 'number') return value;
  throw new TypeError(`%${verb} needs a number, not ${kindOf(value)}`);
}

function integer(radix: number) {
  return (value: unknown, spec: Spec, verb: string): string => {
    const number = numberOf(value, verb);
    if (!Number.isInteger(number)) throw new TypeError(`%${verb} needs a whole number, not ${number}`);
    return signed(number.toString(radix), spec);
  };
}

const hex = integer(16);

function hexOf(value: unknown, spec: Spec, verb: string): string {
  return typeof value === 'string' ? Buffer.from(value).toString('hex') : hex(value, spec, verb);
}

function signed(text: string, { flags }: Spec): string {
  if (text.startsWith('-')) return text;
  if (flags.includes('+')) return `+${text}`;
  return flags.includes(' ') ? ` ${text}` : text;
}

const fixed = (value: unknown, spec: Spec, verb: string): string =>
  signed(numberOf(value, verb).toFixed(Math.min(spec.precision ?? 6, 20)), spec);

/** Go writes at least two digits of the exponent. */
const exponential = (value: unknown, spec: Spec, verb: string): string =>
  signed(numberOf(value, verb).toExponential(Math.min(spec.precision ?? 6, 20)), spec).replace(
    /e([+-])(\d)$/,
    'e$10$2',
  );

const general = (value: unknown, spec: Spec, verb: string): string => {
  const number = numberOf(value, verb);
  return signed(
    String(spec.precision === undefined ? number : Number(number.toPrecision(spec.precision || 1))),
    spec,
  );
};

const cut = (text: string, { precision }: Spec): string =>
  precision === undefined ? text : Array.from(text).slice(0, precision).join('');

function truth(value: unknown, _: Spec, verb: string): string {
  if (typeof value === 'boolean') return String(value);
  throw new TypeError(`%${verb} needs true or false, not ${kindOf(value)}`);
}

type Format = (value: unknown, spec: Spec, verb: string) => string;

const VERBS: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['s', (value, spec) => cut(textOf(value), spec)],
  ['v', (value, spec) => (typeof value === 'number' ? signed(textOf(value), spec) : textOf(value))],
  ['q', (value, spec) => jsonOf(cut(textOf(value), spec))],
  ['d', integer(10)],
  ['b', integer(2)],
  ['o', integer(8)],
  ['x', hexOf],
  ['X', (value, spec, verb) => hexOf(value, spec, verb).toUpperCase()],
  ['f', fixed],
  ['F', fixed],
  ['e', exponential],
  ['g', general],
  ['c', (value, _, verb) => String.fromCodePoint(numberOf(value, verb))],
  ['t', truth],
]);

function padded(text: string, flags: string, width: number): string {
  const missing = width - Array.from(text).length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  const sign = /^[+-]?/.exec(text)?.[0] ?? '';
  const isNumber = /^[+-]?[\d.]/.test(text);
  if (!flags.includes('0') || !isNumber) return ' '.repeat(missing) + text;
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

/** @throws TypeError for verbs and arguments that do not go together */
export function sprintf(format: string, values: readonly unknown[]): string {
  let next = 0;
  const text = format.replace(
    VERB,
    (whole, flags: string, width: string | undefined, digits: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      const write = VERBS.get(verb);
      if (write === undefined)
        throw new TypeError(`${quote(whole)} is not supported; there are %${[...VERBS.keys()].join(' %')}`);
      if (next >= values.length) throw new TypeError(`${quote(whole)} has no value`);
      if (Number(width ?? 0) > MAX_WIDTH) throw new TypeError(`${quote(whole)} is wider than ${MAX_WIDTH}`);
      const precision = digits ?? (whole.includes('.') ? '0' : undefined);
      const spec = { flags, precision: precision === undefined ? undefined : Number(precision) };
      return padded(write(values[next++], spec, verb), flags, Number(width ?? 0));
    },
  );
  if (next < values.length) throw new TypeError(`${values.length - next} more values than verbs`);
  return text;
}
