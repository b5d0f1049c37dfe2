import { quote } from '../../core/index.js';
import { formatPath } from '../problems.js';
import type { CaseDraft } from './case-reader.js';
import { expandables } from './expand.js';
import { JobReader, type ReadJob } from './job-reader.js';
import { checkLengths } from './lengths.js';
import { resolveNeeds } from './needs.js';
import type { PathUses } from './path-uses.js';
import type { ProblemList } from './problem-list.js';
import { checkShape } from './shape-check.js';
import { Substitution } from './substitute.js';
import type { Build, Case, Suite } from './suite.js';
import { type MapTree, mapTree, pathOf, type Tree, textOf } from './tree.js';

export interface Assembly {
  readonly problems: ProblemList;
  readonly paths: PathUses;
  readonly baseDir: string;
  readonly name: string;
  readonly path: string | null;
  /** Whether programs may have less than the usual sandbox. */
  readonly allowUnsafe: boolean;
}

/** The suite that a tree says, as far as it could be read: good only if no problem was added. */
export function assembleSuite(tree: Tree, { name, path, ...services }: Assembly): Suite {
  const { problems, paths } = services;
  checkShape(tree, services.problems);
  const isBounded = checkLengths(tree, services.problems);
  const suite = tree.kind === 'map' && isBounded ? tree : mapTree(new Map(), tree.place);
  const reader = new JobReader(services);
  const jobs = readJobs(suite, reader, services.problems);
  checkDistinct(jobs, services.problems);
  const needs = resolveNeeds(jobs, services.problems);
  const cases = jobs.flatMap((job) => job.cases.map((item) => withNeeds(item, needs.get(item.job) ?? [])));
  const builds: readonly Build[] = reader.programs.builds;
  const places = [...paths.images].map(([image, place]) => [image, problems.placeText(place)] as const);
  return {
    name: textOf(suite.entries.get('name')) ?? name,
    path,
    builds,
    cases,
    imagePlaces: new Map(places),
  };
}

/** Written out: spread, each case would have a hidden class of its own, which is larger than the case. */
function withNeeds(draft: CaseDraft, needs: readonly string[]): Case {
  const { job, case: name, program, expect, interactor } = draft;
  const { retries, points, priority, exclusive, labels } = draft;
  return {
    job,
    case: name,
    program,
    expect,
    interactor,
    needs,
    retries,
    points,
    priority,
    exclusive,
    labels,
  };
}

function readJobs(suite: MapTree, reader: JobReader, problems: ProblemList): ReadJob[] {
  const substitution = new Substitution(problems);
  return expandables(suite, problems).flatMap(({ whole, combinations }) =>
    combinations.map((values) => reader.read(substitution.map(whole, values), values)),
  );
}

function checkDistinct(jobs: readonly ReadJob[], problems: ProblemList): void {
  const seen = new Map<string, MapTree>();
  for (const { name, tree } of jobs) {
    if (name === undefined) continue;
    const first = seen.get(name);
    if (first === undefined) seen.set(name, tree);
    else {
      const place = tree.entries.get('name')?.place ?? tree.place;
      problems.add(place, `${quote(name)} is already the name of ${formatPath(pathOf(first.place))}`);
    }
  }
}
