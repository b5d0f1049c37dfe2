import { quote } from '../../core/index.js';
import { namesOf, unknownName } from './extend.js';
import type { ReadJob } from './job-reader.js';
import type { ProblemList } from './problem-list.js';
import { type Tree, textOf } from './tree.js';

/** Full names by full name, and those of all expansions by the name before the matrix. */
function namesIn(jobs: readonly ReadJob[]): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>();
  for (const { base, name } of jobs) {
    if (name === undefined) continue;
    for (const key of new Set([base ?? name, name])) names.set(key, (names.get(key) ?? new Set()).add(name));
  }
  return names;
}

interface Need {
  readonly name: string;
  readonly tree: Tree;
}

/** The jobs that each job needs, by full name, after unknown names, selves and circles were added to the problems. */
export function resolveNeeds(
  jobs: readonly ReadJob[],
  problems: ProblemList,
): ReadonlyMap<string, readonly string[]> {
  const known = namesIn(jobs);
  const graph = new Map<string, readonly Need[]>();
  for (const { name, tree } of jobs) {
    if (name !== undefined) graph.set(name, needsOf(tree.entries.get('needs'), known, problems));
  }
  new CircleSearch(graph, problems).run();
  return new Map([...graph].map(([name, needs]) => [name, [...new Set(needs.map((need) => need.name))]]));
}

function needsOf(
  tree: Tree | undefined,
  known: ReadonlyMap<string, ReadonlySet<string>>,
  problems: ProblemList,
): Need[] {
  return namesOf(tree).flatMap((item) => {
    const wanted = textOf(item) ?? '';
    const names = known.get(wanted);
    if (names === undefined) problems.add(item.place, unknownName(wanted, [...known.keys()], 'job'));
    return [...(names ?? [])].map((name) => ({ name, tree: item }));
  });
}

interface Step {
  readonly name: string;
  readonly needs: readonly Need[];
  next: number;
}

/** Depth first, without recursion: a chain may be as long as the suite. Each circle is shown where it closes. */
class CircleSearch {
  readonly #done = new Set<string>();
  readonly #open = new Set<string>();
  readonly #steps: Step[] = [];
  readonly #graph: ReadonlyMap<string, readonly Need[]>;
  readonly #problems: ProblemList;

  constructor(graph: ReadonlyMap<string, readonly Need[]>, problems: ProblemList) {
    this.#graph = graph;
    this.#problems = problems;
  }

  run(): void {
    for (const name of this.#graph.keys()) {
      this.#enter(name);
      for (let step = this.#steps.at(-1); step !== undefined; step = this.#steps.at(-1)) this.#advance(step);
    }
  }

  #enter(name: string): void {
    if (this.#done.has(name)) return;
    this.#open.add(name);
    this.#steps.push({ name, needs: this.#graph.get(name) ?? [], next: 0 });
  }

  #advance(step: Step): void {
    const need = step.needs[step.next++];
    if (need === undefined) {
      this.#steps.pop();
      this.#open.delete(step.name);
      this.#done.add(step.name);
    } else if (this.#open.has(need.name)) this.#report(need);
    else this.#enter(need.name);
  }

  #report({ name, tree }: Need): void {
    const names = [...this.#open];
    const circle = [...names.slice(names.indexOf(name)), name].map((part) => quote(part));
    const shown = circle.length > 12 ? [...circle.slice(0, 6), '…', ...circle.slice(-5)] : circle;
    const what = circle.length === 2 ? 'a job cannot need itself' : 'the jobs need each other';
    this.#problems.add(tree.place, `${what}: ${shown.join(' → ')}`);
  }
}
