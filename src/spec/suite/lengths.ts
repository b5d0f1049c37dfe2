import { show } from '../../core/index.js';
import { SUITE_BOUNDS } from './bounds.js';
import type { ProblemList } from './problem-list.js';
import { asMap, itemsOf, type MapTree, type Tree } from './tree.js';

/** The lists that decide how long it takes to put jobs together. */
const OF_JOB = { cases: SUITE_BOUNDS.cases, needs: SUITE_BOUNDS.needs, extends: SUITE_BOUNDS.extends };

/**
 * Whether no list is too long to go on with; adds a problem for each that is, as the shape's check does unless it found
 * something else in it.
 */
export function checkLengths(suite: Tree, problems: ProblemList): boolean {
  let isBounded = true;
  const check = (list: Tree | undefined, most: number): void => {
    if (list?.kind !== 'list' || list.items.length <= most) return;
    problems.add(list.place, `${show(list.items)} is too long; at most ${most} entries`);
    isBounded = false;
  };
  const { entries }: MapTree = asMap(suite);
  const jobs = entries.get('jobs');
  check(jobs, SUITE_BOUNDS.jobs);
  const templates = asMap(entries.get('templates'));
  if (templates.entries.size > SUITE_BOUNDS.templates) {
    problems.add(templates.place, `${templates.entries.size} templates; at most ${SUITE_BOUNDS.templates}`);
    isBounded = false;
  }
  for (const part of [...itemsOf(jobs), ...templates.entries.values()]) {
    for (const [key, most] of Object.entries(OF_JOB)) check(asMap(part).entries.get(key), most);
  }
  return isBounded;
}
