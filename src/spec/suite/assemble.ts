import { quote } from '../../core/index.js';
import { formatPath } from '../problems.js';
import { SUITE_BOUNDS } from './bounds.js';
import { Extender } from './extend.js';
import { suiteSchema } from './input.js';
import { JobReader, type ReadJob } from './job-reader.js';
import { MatrixReader } from './matrix.js';
import { resolveNeeds } from './needs.js';
import type { PathUses } from './path-uses.js';
import type { ProblemList } from './problem-list.js';
import type { ProgramServices } from './programs.js';
import { hasPlaceholder, Substitution } from './substitute.js';
import type { Build, Case, Suite } from './suite.js';
import { itemsOf, type MapTree, mapTree, omit, pathOf, type Tree, textOf } from './tree.js';

const EXPANDED: ReadonlySet<string> = new Set(['matrix', 'extends']);

export interface Assembly {
  readonly problems: ProblemList;
  readonly paths: PathUses;
  readonly baseDir: string;
  readonly name: string;
  readonly path: string | null;
}

/** The suite that a tree says, as far as it could be read: good only if no problem was added. */
export function assembleSuite(tree: Tree, { name, path, ...services }: Assembly): Suite {
  checkShape(tree, services.problems);
  const suite = tree.kind === 'map' ? tree : mapTree(new Map(), tree.place);
  const reader = new JobReader(services);
  const jobs = readJobs(suite, reader, services);
  checkDistinct(jobs, services.problems);
  const needs = resolveNeeds(jobs, services.problems);
  const cases: Case[] = jobs.flatMap((job) =>
    job.cases.map((item) => ({ ...item, needs: needs.get(item.job) ?? [] })),
  );
  const builds: readonly Build[] = reader.programs.builds;
  return { name: textOf(suite.entries.get('name')) ?? name, path, builds, cases };
}

/** Each part of the file by itself, used or not. Text with placeholders is no problem before they are replaced. */
function checkShape(tree: Tree, problems: ProblemList): void {
  problems.parse(suiteSchema, tree, ({ value }) => typeof value === 'string' && hasPlaceholder(value));
}

function readJobs(
  suite: MapTree,
  reader: JobReader,
  { problems }: Pick<ProgramServices, 'problems'>,
): ReadJob[] {
  const extender = new Extender(suite, problems);
  extender.checkTemplates();
  const matrix = new MatrixReader(problems);
  const substitution = new Substitution(problems);
  const jobs: ReadJob[] = [];
  let cases = 0;
  for (const item of itemsOf(suite.entries.get('jobs'))) {
    if (item.kind !== 'map') continue;
    const merged = extender.job(item);
    const whole = omit(merged, EXPANDED);
    for (const values of matrix.combinations(merged)) {
      cases += Math.max(1, itemsOf(whole.entries.get('cases')).length);
      if (cases > SUITE_BOUNDS.cases) {
        problems.add(item.place, `the suite has too many cases here; at most ${SUITE_BOUNDS.cases}`);
        return jobs;
      }
      jobs.push(reader.read(substitution.map(whole, values), values));
    }
  }
  return jobs;
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
