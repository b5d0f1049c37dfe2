/** Selected cases and the builds that they need, as tasks for the scheduler. Pure. */

import { titleOf } from '../../report/index.js';
import type { Task } from '../../schedule/index.js';
import type { Build, Case, CheckedJob, Program, Suite } from '../../spec/index.js';
import { type CaseKey, keyOf } from './key.js';
import type { Selected } from './select.js';

export interface BuildWork extends Task {
  readonly kind: 'build';
  readonly suite: Suite;
  readonly build: Build;
}

export interface CaseWork extends Task {
  readonly kind: 'case';
  readonly selected: Selected;
  /** Task ids of the builds by their `id` in the suite. */
  readonly builds: ReadonlyMap<string, number>;
}

export type Work = BuildWork | CaseWork;

const MIB = 1024 ** 2;
/** What is reckoned for a program that may take all there is. */
const UNLIMITED = { cpus: 1, memoryBytes: 512 * MIB } as const;

const cpusOf = ({ limits }: CheckedJob): number => limits.cpus ?? UNLIMITED.cpus;
const memoryOf = ({ limits }: CheckedJob): number => limits.memoryBytes ?? UNLIMITED.memoryBytes;

/** The program of a case and those that serve it. */
export function programsOf({ program, interactor, expect }: Case): Program[] {
  return [program, interactor, expect.checker].filter((one) => one !== null);
}

/** The checker comes after the program, the interactor runs beside it. */
function amountsOf({ program, interactor, expect }: Case): Pick<Task, 'cpus' | 'memoryBytes'> {
  const beside = [program, ...(interactor === null ? [] : [interactor])];
  const after = expect.checker === null ? [] : [expect.checker];
  const sum = (of: (job: CheckedJob) => number, programs: readonly Program[]): number =>
    programs.reduce((total, { job }) => total + of(job), 0);
  return {
    cpus: Math.max(sum(cpusOf, beside), sum(cpusOf, after)),
    memoryBytes: Math.max(sum(memoryOf, beside), sum(memoryOf, after)),
  };
}

function buildWork(id: number, suite: Suite, build: Build): BuildWork {
  const { job } = build;
  return {
    id,
    kind: 'build',
    group: suite.name,
    title: `${titleOf({ suite: suite.name, job: build.name, case: null })}: build`,
    needs: [],
    priority: Number.NEGATIVE_INFINITY,
    cpus: cpusOf(job),
    memoryBytes: memoryOf(job),
    exclusive: false,
    suite,
    build,
  };
}

/** What is known of one suite before its cases become tasks: a job may need one that comes later in the file. */
interface SuiteIndex {
  readonly builds: ReadonlyMap<string, Build>;
  /** Ids of the cases by job. */
  readonly cases: Map<string, number[]>;
  /** The builds that have a task. */
  readonly tasks: Map<string, BuildWork>;
  /** Lists of needs by what they are made of: tasks that need the same share one list. */
  readonly lists: Map<string, readonly number[]>;
}

function indexSuites(selected: readonly Selected[]): ReadonlyMap<Suite, SuiteIndex> {
  const suites = new Map<Suite, SuiteIndex>();
  selected.forEach(({ suite, case: { job } }, id) => {
    const builds = () => new Map(suite.builds.map((build) => [build.id, build]));
    const index = suites.get(suite) ?? {
      builds: builds(),
      cases: new Map(),
      tasks: new Map(),
      lists: new Map(),
    };
    suites.set(suite, index);
    const ids = index.cases.get(job);
    if (ids === undefined) index.cases.set(job, [id]);
    else ids.push(id);
  });
  return suites;
}

interface Wanted {
  readonly suite: Suite;
  readonly index: SuiteIndex;
  readonly id: string;
  readonly priority: number;
}

/** One for all cases that need none, of which there may be a hundred thousand. */
const NO_BUILDS: ReadonlyMap<string, number> = new Map();

class Planner {
  readonly #suites: ReadonlyMap<Suite, SuiteIndex>;
  #nextId: number;

  constructor(selected: readonly Selected[]) {
    this.#suites = indexSuites(selected);
    this.#nextId = selected.length;
  }

  get builds(): BuildWork[] {
    return [...this.#suites.values()].flatMap(({ tasks }) => [...tasks.values()]);
  }

  caseWork(id: number, selected: Selected): CaseWork {
    const { case: item, suite } = selected;
    const index = this.#suites.get(suite) as SuiteIndex;
    const builds = this.#buildsOf(selected, index);
    const { cpus, memoryBytes } = amountsOf(item);
    return {
      id,
      kind: 'case',
      group: suite.name,
      title: titleOf({ suite: suite.name, job: item.job, case: item.case }),
      needs: needsList(index, [...builds.values()], item.needs),
      priority: item.priority,
      cpus,
      memoryBytes,
      // Each holds a place in the launcher; were only one counted, programs could wait for each other's interactors.
      weight: item.interactor === null ? 1 : 2,
      exclusive: item.exclusive,
      selected,
      builds,
    };
  }

  #buildsOf({ case: item, suite }: Selected, index: SuiteIndex): ReadonlyMap<string, number> {
    const wanted = programsOf(item).flatMap(({ build }) => build ?? []);
    if (wanted.length === 0) return NO_BUILDS;
    const builds = new Map<string, number>();
    for (const id of wanted) {
      const work = this.#build({ suite, index, id, priority: item.priority });
      if (work !== undefined) builds.set(work.build.id, work.id);
    }
    return builds;
  }

  /** As urgent as the most urgent case that needs it. */
  #build({ suite, index, id, priority }: Wanted): BuildWork | undefined {
    const build = index.builds.get(id);
    if (build === undefined) return undefined;
    const known = index.tasks.get(id) ?? buildWork(this.#nextId++, suite, build);
    const work = { ...known, priority: Math.max(known.priority, priority) };
    index.tasks.set(id, work);
    return work;
  }
}

function needsList({ lists, cases }: SuiteIndex, builds: readonly number[], jobs: readonly string[]) {
  const key = JSON.stringify([builds, jobs]);
  const known = lists.get(key);
  if (known !== undefined) return known;
  const list = [...builds, ...jobs.flatMap((job) => cases.get(job) ?? [])];
  lists.set(key, list);
  return list;
}

/** What was done in an earlier run needs nothing any more. */
function doneWork(id: number, selected: Selected): CaseWork {
  const { suite, case: item } = selected;
  const nothing = { needs: [], cpus: 0, memoryBytes: 0, exclusive: false, builds: NO_BUILDS };
  const title = titleOf({ suite: suite.name, job: item.job, case: item.case });
  return { id, kind: 'case', group: suite.name, title, priority: item.priority, selected, ...nothing };
}

/** All tasks of a run, the builds first; the ids of cases are their places in `selected`. */
export function worksOf(
  selected: readonly Selected[],
  done: ReadonlyMap<CaseKey, unknown> = new Map(),
): Work[] {
  const planner = new Planner(selected);
  const isDone = ({ suite, case: item, repeat }: Selected): boolean =>
    done.size > 0 && done.has(keyOf(suite.name, item, repeat));
  const cases = selected.map((one, id) => (isDone(one) ? doneWork(id, one) : planner.caseWork(id, one)));
  return [...planner.builds, ...cases];
}
