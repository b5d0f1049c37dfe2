import { Extender } from './extend.js';
import { MatrixReader } from './matrix.js';
import type { ProblemList } from './problem-list.js';
import type { Values } from './substitute.js';
import { Totals } from './totals.js';
import { itemsOf, type MapTree, omit } from './tree.js';

const EXPANDED: ReadonlySet<string> = new Set(['matrix', 'extends']);

/** A job with what it has from elsewhere, and the combinations of its matrix. */
export interface Expandable {
  readonly whole: MapTree;
  readonly combinations: readonly Values[];
}

class Expander {
  readonly #extender: Extender;
  readonly #matrix: MatrixReader;
  readonly #totals: Totals;

  constructor(suite: MapTree, problems: ProblemList) {
    this.#totals = new Totals(problems);
    this.#extender = new Extender(suite, { problems, totals: this.#totals });
    this.#matrix = new MatrixReader(problems);
    this.#extender.checkTemplates();
  }

  /** Undefined when it is too much with those before it; everything is counted before it is made. */
  job(item: MapTree): Expandable | undefined {
    const merged = this.#extender.job(item);
    if (merged === undefined) return undefined;
    const outline = this.#matrix.outline(merged);
    const { count, steps } = outline;
    if (!this.#totals.add('matrixSteps', steps, item)) return undefined;
    if (!this.#totals.add('combinations', count, item)) return undefined;
    const combinations = outline.combinations();
    const whole = omit(merged, EXPANDED);
    const cases = Math.max(1, itemsOf(whole.entries.get('cases')).length);
    if (!this.#totals.add('cases', combinations.length * cases, item)) return undefined;
    if (!this.#totals.add('expanded', Math.max(1, combinations.length) * whole.size, item)) return undefined;
    return { whole, combinations };
  }
}

/** Every job with what it inherits; none at all, and a problem, when they are too many. */
export function expandables(suite: MapTree, problems: ProblemList): Expandable[] {
  const expander = new Expander(suite, problems);
  const jobs: Expandable[] = [];
  for (const item of itemsOf(suite.entries.get('jobs'))) {
    if (item.kind !== 'map') continue;
    const job = expander.job(item);
    if (job === undefined) return [];
    jobs.push(job);
  }
  return jobs;
}
