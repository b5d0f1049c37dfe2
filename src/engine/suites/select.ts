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

/** The jobs that have to run for these to be allowed to, themselves among them. */
function withNeeded(suite: Suite, wanted: ReadonlySet<string>): ReadonlySet<string> {
  const needs = new Map(suite.cases.map(({ job, needs: names }) => [job, names]));
  const found = new Set<string>();
  const visit = (job: string): void => {
    if (found.has(job)) return;
    found.add(job);
    for (const name of needs.get(job) ?? []) visit(name);
  };
  for (const job of wanted) visit(job);
  return found;
}

/** The cases that the filter takes, and every case of the jobs that those need. */
function filtered(suite: Suite, filter: Selection['filter']): readonly Case[] {
  if (filter === undefined) return suite.cases;
  const taken = new Set(suite.cases.filter((item) => filter(infoOf(suite, item))));
  const wanted = new Set([...taken].map(({ job }) => job));
  const needed = withNeeded(suite, new Set([...taken].flatMap(({ needs }) => needs)));
  return suite.cases.filter((item) => taken.has(item) || (needed.has(item.job) && !wanted.has(item.job)));
}

/** Jobs tied by `needs` go to one shard: no shard waits for another. The first name stands for all of them. */
function groups(suite: Suite): ReadonlyMap<string, string> {
  const parents = new Map(suite.cases.map(({ job }) => [job, job]));
  const root = (job: string): string => {
    let at = job;
    for (let up = parents.get(at); up !== undefined && up !== at; up = parents.get(at)) at = up;
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

/** @throws HotcellError `invalid-usage` for a shard that is none */
export function select(suites: readonly Suite[], { filter, shard, repeat = 1 }: Selection): Selected[] {
  if (shard !== undefined) checkShard(shard);
  const taken = suites.map((suite) => ({ suite, cases: filtered(suite, filter) }));
  const mine = shard === undefined ? taken : sharded(taken, shard);
  return mine.flatMap(({ suite, cases }) =>
    cases.flatMap((item) =>
      Array.from({ length: repeat }, (_, index) => ({ suite, case: item, repeat: index + 1 })),
    ),
  );
}
