import { nearest, quote } from '../../core/index.js';
import { mergeJobs } from './merge.js';
import type { ProblemList } from './problem-list.js';
import type { Totals } from './totals.js';
import { asMap, childOf, itemsOf, type MapTree, mapTree, omit, type Tree, textOf } from './tree.js';

const EXTENDS: ReadonlySet<string> = new Set(['extends']);

/** What belongs to one job; that it is there is a problem of the shape. */
const NOT_IN_DEFAULTS: ReadonlySet<string> = new Set(['name', 'cases', 'needs', 'extends']);

const NOTHING: MapTree = asMap(undefined);

/** The trees of the names that are given as one text or a list. */
export function namesOf(tree: Tree | undefined): readonly Tree[] {
  if (textOf(tree) !== undefined && tree !== undefined) return [tree];
  return itemsOf(tree).filter((item) => textOf(item) !== undefined);
}

/** Puts jobs together from the defaults, their templates and what they say themselves. */
export class Extender {
  readonly #problems: ProblemList;
  readonly #totals: Totals;
  readonly #defaults: MapTree;
  readonly #templates: MapTree;
  readonly #done = new Map<string, MapTree>();

  constructor(
    suite: MapTree,
    { problems, totals }: { readonly problems: ProblemList; readonly totals: Totals },
  ) {
    this.#problems = problems;
    this.#totals = totals;
    const labels = suite.entries.get('labels');
    const base = labels === undefined ? NOTHING : mapTree(new Map([['labels', labels]]), labels.place);
    this.#defaults = mergeJobs(base, omit(asMap(suite.entries.get('defaults')), NOT_IN_DEFAULTS));
    this.#templates = asMap(suite.entries.get('templates'));
  }

  /** Every template is looked at, used or not. */
  checkTemplates(): void {
    for (const name of this.#templates.entries.keys()) this.#template(name, []);
  }

  /** Undefined when the suite has become too large. */
  job(job: MapTree): MapTree | undefined {
    const own = this.#merged(this.#extended(job, []), omit(job, EXTENDS));
    const merged = this.#merged(this.#defaultsFor(own), own);
    return this.#totals.isExceeded ? undefined : merged;
  }

  #merged(base: MapTree, over: MapTree): MapTree {
    if (this.#totals.isExceeded) return NOTHING;
    const merged = mergeJobs(base, over);
    return this.#totals.add('expanded', merged.size, over) ? merged : NOTHING;
  }

  /** A build that the defaults only adjust, such as by limits, is none of its own. */
  #defaultsFor(job: MapTree): MapTree {
    const build = this.#defaults.entries.get('build');
    const complete = ['command', 'entrypoint'].some((key) => childOf(build, key) !== undefined);
    return complete || job.entries.has('build') ? this.#defaults : omit(this.#defaults, new Set(['build']));
  }

  /** @param chain the templates that are being put together above this */
  #extended(tree: MapTree, chain: readonly string[]): MapTree {
    let merged = NOTHING;
    for (const item of namesOf(tree.entries.get('extends'))) {
      const template = this.#named(item, chain);
      if (template !== undefined) merged = this.#merged(merged, template);
    }
    return merged;
  }

  #named(item: Tree, chain: readonly string[]): MapTree | undefined {
    const name = textOf(item) ?? '';
    if (chain.includes(name)) {
      const circle = [...chain.slice(chain.indexOf(name)), name];
      this.#problems.add(
        item.place,
        `the templates extend each other: ${circle.map((n) => quote(n)).join(' → ')}`,
      );
      return undefined;
    }
    if (this.#templates.entries.get(name)?.kind === 'map') return this.#template(name, chain);
    if (!this.#templates.entries.has(name))
      this.#problems.add(item.place, unknownName(name, [...this.#templates.entries.keys()], 'template'));
    return undefined;
  }

  #template(name: string, chain: readonly string[]): MapTree {
    const done = this.#done.get(name);
    if (done !== undefined) return done;
    const template = asMap(this.#templates.entries.get(name));
    const merged = this.#merged(this.#extended(template, [...chain, name]), omit(template, EXTENDS));
    this.#done.set(name, merged);
    return merged;
  }
}

/** `there is no job "buld"; did you mean "build"?` */
export function unknownName(name: string, known: readonly string[], noun: string): string {
  const meant = nearest(name, known);
  if (meant !== undefined) return `there is no ${noun} ${quote(name)}; did you mean ${quote(meant)}?`;
  const shown = known.slice(0, 10).map((word) => quote(word));
  const rest = known.length > shown.length ? `, … (${known.length} in all)` : '';
  const all = known.length === 0 ? 'there are none' : `there are ${shown.join(', ')}${rest}`;
  return `there is no ${noun} ${quote(name)}; ${all}`;
}
