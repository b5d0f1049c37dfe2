import { nearest, quote } from '../../core/index.js';
import { oneOf, usageError, wholeNumber } from '../run/values.js';
import type { RunState, StoredRun } from './model.js';
import { anyPattern, exactOrGlob, type Matcher } from './pattern.js';

export const FILTER_KEYS = [
  'id',
  'name',
  'label',
  'status',
  'exited',
  'ancestor',
  'kind',
  'since',
  'before',
] as const;

type FilterKey = (typeof FILTER_KEYS)[number];

const STATES: readonly RunState[] = ['running', 'exited', 'lost'];

/** What is left of the runs. `find` gives the run that `since` and `before` are about. */
type Test = (
  runs: readonly StoredRun[],
  find: (reference: string) => Promise<StoredRun>,
) => Promise<boolean[]>;

const matching =
  (matcher: Matcher, textOf: (run: StoredRun) => string): Test =>
  async (runs) => [...matcher(runs.map(textOf))];

const each =
  (test: (run: StoredRun) => boolean): Test =>
  async (runs) =>
    runs.map(test);

/** Ids begin with the time, so that they are in the order in which the runs began. */
const relative =
  (reference: string, sign: 1 | -1): Test =>
  async (runs, find) => {
    const { record } = await find(reference);
    return runs.map((run) => (run.record.id < record.id ? -1 : Number(run.record.id > record.id)) === sign);
  };

function label(wanted: string): Test {
  const at = wanted.indexOf('=');
  const name = at < 0 ? wanted : wanted.slice(0, at);
  if (name === '')
    throw usageError(`--filter: label=${quote(wanted)} names no label; use label=NAME or label=NAME=VALUE`);
  const labelOf = ({ record }: StoredRun): string | undefined =>
    Object.hasOwn(record.labels, name) ? record.labels[name] : undefined;
  if (at < 0) return each((run) => labelOf(run) !== undefined);
  const fits = exactOrGlob('label', wanted.slice(at + 1));
  return async (runs) => {
    const found = fits(runs.map((run) => labelOf(run) ?? ''));
    return runs.map((run, index) => labelOf(run) !== undefined && found[index] === true);
  };
}

function status(wanted: string): Test {
  const state = oneOf('--filter status', wanted, STATES);
  // What was lost has come to an end as well, if not to a good one.
  return each((run) => run.state === state || (state === 'exited' && run.state === 'lost'));
}

function exited(wanted: string): Test {
  const code = wholeNumber('--filter exited', wanted);
  return each(({ state, record }) => state === 'exited' && record.exitCode === code);
}

function kind(wanted: string): Test {
  const word = oneOf('--filter kind', wanted, ['run', 'test']);
  return each(({ record }) => record.kind === word);
}

/** With a slash before it as well, since that is how docker writes it in its own patterns: `^/web$`. */
function byName(wanted: string): Test {
  const fits = anyPattern('name', wanted);
  return async (runs) => {
    const names = runs.map(({ record }) => record.name ?? '');
    const withSlash = fits(names.map((name) => `/${name}`));
    return fits(names).map((found, index) => names[index] !== '' && (found || withSlash[index] === true));
  };
}

const TESTS: Record<FilterKey, (wanted: string) => Test> = {
  id: (wanted) => matching(anyPattern('id', wanted), ({ record }) => record.id),
  name: byName,
  label,
  status,
  exited,
  ancestor: (wanted) => matching(exactOrGlob('ancestor', wanted), ({ record }) => record.image ?? ''),
  kind,
  since: (wanted) => relative(wanted, 1),
  before: (wanted) => relative(wanted, -1),
};

interface Parsed {
  readonly key: FilterKey;
  /** Tests of one group are alternatives; of labels, those with one name are. */
  readonly group: string;
  readonly test: Test;
}

function parseOne(text: string): Parsed {
  const at = text.indexOf('=');
  const word = (at < 0 ? text : text.slice(0, at)).trim().toLowerCase();
  const key = FILTER_KEYS.find((known) => known === word);
  if (at < 0) throw usageError(`--filter: ${quote(text)} has no "="; use KEY=VALUE, such as status=exited`);
  if (key === undefined) {
    const meant = nearest(word, FILTER_KEYS);
    const hint = meant === undefined ? '' : `; did you mean ${quote(meant)}?`;
    throw usageError(`--filter: ${quote(word)} is no filter; use one of ${FILTER_KEYS.join(', ')}${hint}`);
  }
  const value = text.slice(at + 1).trim();
  if (value === '') throw usageError(`--filter: ${key}= has no value`);
  const group = key === 'label' ? `label ${value.split('=')[0]}` : key;
  return { key, group, test: TESTS[key](value) };
}

export interface Filter {
  /** Whether it asks for runs that are over, so that they need not be asked for by `--all`. */
  readonly wantsEnded: boolean;
  apply: (
    runs: readonly StoredRun[],
    find: (reference: string) => Promise<StoredRun>,
  ) => Promise<StoredRun[]>;
}

/**
 * docker's `--filter KEY=VALUE`: of each key one of the values has to fit; labels with different names all have to.
 *
 * @throws HotcellError `invalid-usage`
 */
export function parseFilters(texts: readonly string[]): Filter {
  const filters = texts.map(parseOne);
  const groups = [...new Set(filters.map(({ group }) => group))];
  return {
    wantsEnded: filters.some(({ key }) => key === 'status' || key === 'exited'),
    apply: async (runs, find) => {
      let left = [...runs];
      for (const group of groups) {
        const tests = filters.filter((filter) => filter.group === group);
        const results = await Promise.all(tests.map(async ({ test }) => await test(left, find)));
        left = left.filter((_, index) => results.some((result) => result[index]));
      }
      return left;
    },
  };
}
