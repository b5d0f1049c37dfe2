import { nearest, quote } from '../../core/index.js';
import { usageError } from '../run/values.js';
import { exactOrGlob, type Matcher } from './pattern.js';

/** Whether each of the items fits. `find` gives the item that a filter such as `since` is about. */
export type FilterTest<Item> = (
  items: readonly Item[],
  find: (reference: string) => Promise<Item>,
) => Promise<boolean[]>;

/** By its key, the test that a filter's value asks for. @throws HotcellError `invalid-usage` */
export type FilterTests<Item, Key extends string> = Readonly<
  Record<Key, (wanted: string) => FilterTest<Item>>
>;

export interface Filter<Item> {
  /** The keys that are used. */
  readonly keys: ReadonlySet<string>;
  apply(items: readonly Item[], find: (reference: string) => Promise<Item>): Promise<Item[]>;
}

export const matching =
  <Item>(matcher: Matcher, textOf: (item: Item) => string): FilterTest<Item> =>
  async (items) => [...matcher(items.map(textOf))];

export const each =
  <Item>(test: (item: Item) => boolean): FilterTest<Item> =>
  async (items) =>
    items.map(test);

/** `label=NAME` or `label=NAME=VALUE`. */
export function labelTest<Item>(
  wanted: string,
  labelsOf: (item: Item) => Readonly<Record<string, string>>,
): FilterTest<Item> {
  const at = wanted.indexOf('=');
  const name = at < 0 ? wanted : wanted.slice(0, at);
  if (name === '')
    throw usageError(`--filter: label=${quote(wanted)} names no label; use label=NAME or label=NAME=VALUE`);
  const labelOf = (item: Item): string | undefined => {
    const labels = labelsOf(item);
    return Object.hasOwn(labels, name) ? labels[name] : undefined;
  };
  if (at < 0) return each((item) => labelOf(item) !== undefined);
  const fits = exactOrGlob('label', wanted.slice(at + 1));
  return async (items) => {
    const found = fits(items.map((item) => labelOf(item) ?? ''));
    return items.map((item, index) => labelOf(item) !== undefined && found[index] === true);
  };
}

interface Parsed<Item> {
  readonly key: string;
  /** Tests of one group are alternatives; of labels, those with one name are. */
  readonly group: string;
  readonly test: FilterTest<Item>;
}

/** docker's `label!=…` is a key of its own, `label!`; what is excluded twice is not let in by either. */
function groupOf(key: string, value: string): string {
  if (key === 'label') return `${key} ${value.split('=')[0]}`;
  return key.endsWith('!') ? `${key} ${value}` : key;
}

interface Known<Item, Key extends string> {
  readonly tests: FilterTests<Item, Key>;
  /** A filter as it may be written. */
  readonly example: string;
}

function parseOne<Item, Key extends string>(
  text: string,
  { tests, example }: Known<Item, Key>,
): Parsed<Item> {
  const keys = Object.keys(tests) as Key[];
  const at = text.indexOf('=');
  const word = (at < 0 ? text : text.slice(0, at)).trim().toLowerCase();
  const key = keys.find((known) => known === word);
  if (at < 0) throw usageError(`--filter: ${quote(text)} has no "="; use KEY=VALUE, such as ${example}`);
  if (key === undefined) {
    const meant = nearest(word, keys);
    const hint = meant === undefined ? '' : `; did you mean ${quote(meant)}?`;
    throw usageError(`--filter: ${quote(word)} is no filter; use one of ${keys.join(', ')}${hint}`);
  }
  const value = text.slice(at + 1).trim();
  if (value === '') throw usageError(`--filter: ${key}= has no value`);
  return { key, group: groupOf(key, value), test: tests[key](value) };
}

/**
 * docker's `--filter KEY=VALUE`: of each key one of the values has to fit; labels with different names all have to.
 *
 * @throws HotcellError `invalid-usage`
 */
export function parseFilters<Item, Key extends string>(
  texts: readonly string[],
  known: Known<Item, Key>,
): Filter<Item> {
  const filters = texts.map((text) => parseOne(text, known));
  const groups = [...new Set(filters.map(({ group }) => group))];
  return {
    keys: new Set(filters.map(({ key }) => key)),
    apply: async (items, find) => {
      let left = [...items];
      for (const group of groups) {
        const tests = filters.filter((filter) => filter.group === group);
        const results = await Promise.all(tests.map(async ({ test }) => await test(left, find)));
        left = left.filter((_, index) => results.some((result) => result[index]));
      }
      return left;
    },
  };
}
