import {
  each,
  type Filter,
  type FilterTest,
  type FilterTests,
  labelTest,
  parseFilters,
} from '../listing/filter.js';
import { pathGlob } from '../listing/pattern.js';
import { parseTime } from '../listing/time.js';
import { oneOf } from '../run/values.js';
import type { ListedImage } from './model.js';
import { type Entry, NONE } from './row.js';

type Test = FilterTest<Entry>;

/** A pattern without a tag or digest fits every one, as docker's. */
function reference(wanted: string): Test {
  const fits = pathGlob('reference', wanted);
  return async (entries) => {
    const forms = ({ repository, tag, digest }: Entry): string[] => [
      repository,
      `${repository}:${tag}`,
      `${repository}@${digest}`,
    ];
    const names = entries.map((entry) => (entry.repository === NONE ? [] : forms(entry)));
    const found = fits(names.flat());
    let at = 0;
    return names.map((each) => each.map(() => found[at++] === true).includes(true));
  };
}

function dangling(wanted: string): Test {
  const word = oneOf('--filter dangling', wanted, ['true', 'false', '1', '0']);
  const isWanted = word === 'true' || word === '1';
  return each(({ image }) => (image.tags.length === 0) === isWanted);
}

const createdMs = ({ createdAt }: ListedImage): number => (createdAt === null ? 0 : Date.parse(createdAt));

const relative =
  (wanted: string, sign: 1 | -1): Test =>
  async (entries, find) => {
    const than = createdMs((await find(wanted)).image);
    return entries.map(({ image }) => (createdMs(image) - than) * sign > 0);
  };

function until(wanted: string, now: Date): Test {
  const limitMs = parseTime('--filter until', wanted, now);
  return each(({ image }) => createdMs(image) < limitMs);
}

const label = (wanted: string): Test => labelTest(wanted, ({ image }) => image.labels);

function without(wanted: string): Test {
  const test = label(wanted);
  return async (entries, find) => (await test(entries, find)).map((found) => !found);
}

type PruneKey = 'until' | 'label' | 'label!';
type ListKey = PruneKey | 'reference' | 'dangling' | 'before' | 'since';

const pruneTests = (now: Date): FilterTests<Entry, PruneKey> => ({
  until: (wanted) => until(wanted, now),
  label,
  'label!': without,
});

const listTests = (now: Date): FilterTests<Entry, ListKey> => ({
  reference,
  dangling,
  before: (wanted) => relative(wanted, -1),
  since: (wanted) => relative(wanted, 1),
  ...pruneTests(now),
});

/** @throws HotcellError `invalid-usage` */
export const parseListFilters = (texts: readonly string[], now: Date): Filter<Entry> =>
  parseFilters(texts, { tests: listTests(now), example: "'reference=alpine:*'" });

/** @throws HotcellError `invalid-usage` */
export const parsePruneFilters = (texts: readonly string[], now: Date): Filter<Entry> =>
  parseFilters(texts, { tests: pruneTests(now), example: 'until=24h' });
