/** The functions of Go's text/template and of docker's --format that make sense here. */
import { compare, isEqual } from './compare.js';
import { sprintf } from './printf.js';
import { isTrue, jsonOf, kindOf, textOf } from './value.js';

export interface TemplateFunction {
  readonly min: number;
  readonly max: number;
  /** @throws TypeError for arguments that it cannot work with */
  readonly call: (args: readonly unknown[]) => unknown;
}

const MAX_PADDING = 1000;

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`needs text, not ${kindOf(value)}`);
}

function count(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new TypeError(`needs a whole number, not ${typeof value === 'number' ? value : kindOf(value)}`);
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`needs a list, not ${kindOf(value)}`);
}

function len(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map) return value.size;
  throw new TypeError(`needs text, a list or a map, not ${kindOf(value)}`);
}

function indexOnce(value: unknown, key: unknown): unknown {
  if (value instanceof Map) return value.get(key);
  if (!Array.isArray(value)) throw new TypeError(`needs a list or a map, not ${kindOf(value)}`);
  const at = count(key);
  if (at < value.length) return value[at];
  throw new TypeError(`there is no entry ${at} in a list of ${value.length}`);
}

function slice([value, from = 0, to]: readonly unknown[]): unknown {
  const whole = typeof value === 'string' ? value : list(value);
  const [start, end] = [count(from), to === undefined ? whole.length : count(to)];
  if (start <= end && end <= whole.length) return whole.slice(start, end);
  throw new TypeError(`there is no part ${start} to ${end} of ${whole.length}`);
}

/** Go puts a blank between two values unless one of them is text. */
function print(values: readonly unknown[]): string {
  return values.reduce<string>((line, value, index) => {
    const blank = index > 0 && typeof value !== 'string' && typeof values[index - 1] !== 'string';
    return `${line}${blank ? ' ' : ''}${textOf(value)}`;
  }, '');
}

const padding = (value: unknown): string => ' '.repeat(Math.min(count(value), MAX_PADDING));

function pad(value: string, before: unknown, after: unknown): string {
  return value === '' ? '' : padding(before) + value + padding(after);
}

const titled = (value: string): string =>
  value.replace(/(^|\s)(\p{Ll})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());

const order = (test: (sign: number) => boolean): TemplateFunction => ({
  min: 2,
  max: 2,
  call: ([a, b]) => test(compare(a, b)),
});

const one = (call: (value: unknown) => unknown): TemplateFunction => ({
  min: 1,
  max: 1,
  call: ([value]) => call(value),
});

/** `and` and `or` are here for their names and bounds; they look at no more arguments than they need. */
const LAZY = { min: 1, max: Infinity, call: (args: readonly unknown[]) => args.at(-1) };

export const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['and', LAZY],
  ['or', LAZY],
  ['not', one((value) => !isTrue(value))],
  [
    'eq',
    { min: 2, max: Infinity, call: ([value, ...others]) => others.some((other) => isEqual(value, other)) },
  ],
  ['ne', { min: 2, max: 2, call: ([a, b]) => !isEqual(a, b) }],
  ['lt', order((sign) => sign < 0)],
  ['le', order((sign) => sign <= 0)],
  ['gt', order((sign) => sign > 0)],
  ['ge', order((sign) => sign >= 0)],
  ['index', { min: 1, max: Infinity, call: ([value, ...keys]) => keys.reduce(indexOnce, value) }],
  ['slice', { min: 1, max: 3, call: slice }],
  ['len', one(len)],
  ['json', one(jsonOf)],
  ['upper', one((value) => text(value).toUpperCase())],
  ['lower', one((value) => text(value).toLowerCase())],
  ['title', one((value) => titled(text(value)))],
  ['split', { min: 2, max: 2, call: ([value, by]) => text(value).split(text(by)) }],
  ['join', { min: 2, max: 2, call: ([values, by]) => list(values).map(textOf).join(text(by)) }],
  ['pad', { min: 3, max: 3, call: ([value, before, after]) => pad(text(value), before, after) }],
  [
    'truncate',
    { min: 2, max: 2, call: ([value, max]) => Array.from(text(value)).slice(0, count(max)).join('') },
  ],
  ['print', { min: 0, max: Infinity, call: print }],
  ['printf', { min: 1, max: Infinity, call: ([format, ...values]) => sprintf(text(format), values) }],
  ['println', { min: 0, max: Infinity, call: (values) => `${values.map(textOf).join(' ')}\n` }],
]);
