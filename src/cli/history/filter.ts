import {
  each,
  type Filter,
  type FilterTest,
  type FilterTests,
  labelTest,
  matching,
  parseFilters,
} from '../listing/filter.js';
import { anyPattern } from '../listing/pattern.js';
import { oneOf, wholeNumber } from '../run/values.js';
import { byImage } from './ancestor.js';
import type { RunState, StoredRun } from './model.js';

type FilterKey = 'id' | 'name' | 'label' | 'status' | 'exited' | 'ancestor' | 'kind' | 'since' | 'before';

const STATES: readonly RunState[] = ['running', 'exited', 'lost'];

type Test = FilterTest<StoredRun>;

/** Ids begin with the time, so that they are in the order in which the runs began. */
const relative =
  (reference: string, sign: 1 | -1): Test =>
  async (runs, find) => {
    const { record } = await find(reference);
    return runs.map((run) => (run.record.id < record.id ? -1 : Number(run.record.id > record.id)) === sign);
  };

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

const TESTS: FilterTests<StoredRun, FilterKey> = {
  id: (wanted) => matching(anyPattern('id', wanted), ({ record }) => record.id),
  name: byName,
  label: (wanted) => labelTest(wanted, ({ record }) => record.labels),
  status,
  exited,
  ancestor: byImage,
  kind,
  since: (wanted) => relative(wanted, 1),
  before: (wanted) => relative(wanted, -1),
};

/** @throws HotcellError `invalid-usage` */
export const parseRunFilters = (texts: readonly string[]): Filter<StoredRun> =>
  parseFilters(texts, { tests: TESTS, example: 'status=exited' });

/** Whether it asks for runs that are over, so that they need not be asked for by `--all`. */
export const wantsEnded = ({ keys }: Filter<StoredRun>): boolean => keys.has('status') || keys.has('exited');
