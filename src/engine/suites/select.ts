/** Which cases of the suites are to run, and how often. Pure. */
import { HotcellError } from '../../core/index.js';
import type { Case, Suite } from '../../spec/index.js';

/** A case as a filter sees it. */
export interface CaseInfo {
  readonly suite: string;
  readonly job: string;
  readonly case: string | null;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

export interface Selection {
  readonly filter?: ((info: CaseInfo) => boolean) | undefined;
  readonly shard?: Shard | undefined;
  /** How often each case runs. */
  readonly repeat?: number | undefined;
}

export interface Selected {
  readonly suite: Suite;
  readonly case: Case;
  /** From 1. */
  readonly repeat: number;
}

const infoOf = (suite: Suite, { job, case: name, labels }: Case): CaseInfo => ({
  suite: suite.name,
  job,
  case: name,
  labels,
});

/** The jobs that have to run for these to be allowed to, themselves among them. A list, as chains may be long. */
function withNeeded(suite: Suite, wanted: readonly string[]): ReadonlySet<string> {
  const needs = new Map(suite.cases.map(({ job, needs: names }) => [job, names]));
  const found = new Set<string>();
  const left = [...wanted];
  for (let job = left.pop(); job !== undefined; job = left.pop()) {
    if (found.has(job)) continue;
    found.add(job);
    left.push(...(needs.get(job) ?? []));
  }
  return found;
}

/** The cases that the filter takes, and every case of the jobs that those need. */
function filtered(suite: Suite, filter: Selection['filter']): readonly Case[] {
  if (filter === undefined) return suite.cases;
  const taken = new Set(suite.cases.filter((item) => filter(infoOf(suite, item))));
  const wanted = new Set([...taken].map(({ job }) => job));
  const needed = withNeeded(
    suite,
    [...taken].flatMap(({ needs }) => needs),
  );
  return suite.cases.filter((item) => taken.has(item) || (needed.has(item.job) && !wanted.has(item.job)));
}

/** Jobs tied by `needs` go to one shard: no shard waits for another. The first name stands for all of them. */
function groups(suite: Suite): ReadonlyMap<string, string> {
  const parents = new Map(suite.cases.map(({ job }) => [job, job]));
  const root = (job: string): string => {
    let at = job;
    // Halving the path on the way keeps it short.
    for (let up = parents.get(at) ?? at; up !== at; up = parents.get(at) ?? at) {
      parents.set(at, parents.get(up) ?? up);
      at = up;
    }
    return at;
  };
  for (const { job, needs } of suite.cases) for (const name of needs) parents.set(root(name), root(job));
  return new Map([...parents.keys()].map((job) => [job, root(job)]));
}

/** Round robin over what belongs together, so that shards are of about one size and stay so when cases are added. */
function sharded(suites: readonly { suite: Suite; cases: readonly Case[] }[], { index, count }: Shard) {
  let next = 0;
  return suites.map(({ suite, cases }) => {
    const groupOf = groups(suite);
    const tied = new Set(
      suite.cases.flatMap(({ job, needs }) => (needs.length > 0 ? [groupOf.get(job)] : [])),
    );
    const places = new Map<string, number>();
    const placeOf = (item: Case): number => {
      const group = groupOf.get(item.job) ?? item.job;
      if (!tied.has(group)) return next++ % count;
      const place = places.get(group) ?? next++ % count;
      places.set(group, place);
      return place;
    };
    return { suite, cases: cases.filter((item) => placeOf(item) === index - 1) };
  });
}

function checkShard({ index, count }: Shard): void {
  if (Number.isInteger(index) && Number.isInteger(count) && index >= 1 && index <= count) return;
  throw new HotcellError({
    code: 'invalid-usage',
    message: `shard ${index}/${count}: use I/N with I from 1 to N`,
  });
}

/** So many are planned at once; each takes some hundred bytes. */
const MOST_CASES = 1_000_000;

function checkCount(suites: readonly { readonly cases: readonly Case[] }[], repeat: number): void {
  const count = suites.reduce((sum, { cases }) => sum + cases.length, 0) * repeat;
  if (count <= MOST_CASES) return;
  throw new HotcellError({
    code: 'invalid-usage',
    message: `${count} cases in one run; at most ${MOST_CASES}, use fewer repetitions or a shard`,
  });
}

/** @throws HotcellError `invalid-usage` for a shard that is none, or for too many cases */
export function select(suites: readonly Suite[], { filter, shard, repeat = 1 }: Selection): Selected[] {
  if (shard !== undefined) checkShard(shard);
  const taken = suites.map((suite) => ({ suite, cases: filtered(suite, filter) }));
  const mine = shard === undefined ? taken : sharded(taken, shard);
  checkCount(mine, repeat);
  return mine.flatMap(({ suite, cases }) =>
    cases.flatMap((item) =>
      Array.from({ length: repeat }, (_, index) => ({ suite, case: item, repeat: index + 1 })),
    ),
  );
}
