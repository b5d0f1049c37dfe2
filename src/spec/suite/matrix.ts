import { nearest, quote, show } from '../../core/index.js';
import { BOUNDS } from '../bounds.js';
import { checkLine } from '../text.js';
import { SUITE_BOUNDS } from './bounds.js';
import type { ProblemList } from './problem-list.js';
import { type Values, valueText } from './substitute.js';
import { asMap, itemsOf, type LeafTree, type ListTree, type MapTree, type Tree } from './tree.js';

const RESERVED: ReadonlySet<string> = new Set(['include', 'exclude']);

/** Letters first, so that a key can stand in brackets and in a placeholder. */
const KEY = /^[A-Za-z_][\w-]{0,63}$/;

const isValue = (tree: Tree): tree is LeafTree =>
  tree.kind === 'leaf' && ['string', 'number', 'boolean'].includes(typeof tree.value);

const same = (a: LeafTree | undefined, b: LeafTree | undefined): boolean =>
  a !== undefined && b !== undefined && valueText(a) === valueText(b);

/** An entry of `include` or `exclude`. */
interface Named {
  readonly tree: Tree;
  readonly values: Values;
}

/** `[lang=c,size=1]`, or nothing without a matrix. */
export const suffixOf = (values: Values): string =>
  values.size === 0 ? '' : `[${[...values].map(([key, value]) => `${key}=${valueText(value)}`).join(',')}]`;

/** A matrix before its combinations are made: there may be more than there is memory for. */
export interface Outline {
  /** Combinations before any is excluded. */
  readonly count: number;
  /** Values to look at, and comparisons to make, at most. */
  readonly steps: number;
  /** In the order of its keys. */
  combinations(): readonly Values[];
}

type Axes = readonly (readonly [string, readonly LeafTree[]])[];

/** Reads the matrix of one job after the other; without a matrix a job has one empty combination. */
export class MatrixReader {
  readonly #problems: ProblemList;

  constructor(problems: ProblemList) {
    this.#problems = problems;
  }

  outline(job: MapTree): Outline {
    const matrix = job.entries.get('matrix');
    if (matrix === undefined) return { count: 1, steps: 0, combinations: () => [new Map()] };
    const axes = matrix.kind === 'map' ? this.#axes(matrix) : undefined;
    if (axes === undefined || matrix.kind !== 'map') {
      return { count: 0, steps: matrix.size, combinations: () => [] };
    }
    const crossing = axes.length === 0 ? 0 : sizeOf(axes);
    const [included, excluded] = ['include', 'exclude'].map((key) => itemsOf(matrix.entries.get(key)).length);
    return {
      count: crossing + (included ?? 0),
      steps: matrix.size + crossing * (excluded ?? 0),
      combinations: () => this.#combinations(matrix, axes),
    };
  }

  #combinations(matrix: MapTree, axes: Axes): readonly Values[] {
    const included = this.#named(matrix, 'include');
    const keys = axes.length > 0 ? axes.map(([key]) => key) : [...(included[0]?.values.keys() ?? [])];
    for (const { tree, values } of included) this.#checkComplete(tree, values, keys);
    const product = axes.length === 0 ? [] : crossed(axes);
    const kept = this.#excluding(product, this.#named(matrix, 'exclude'), keys);
    const all = [...kept, ...this.#added(included, kept, keys)];
    if (all.length === 0) this.#problems.add(matrix.place, 'leaves no combination');
    return all;
  }

  #added(included: readonly Named[], kept: readonly Values[], keys: readonly string[]): Values[] {
    const seen = new Set(kept.map(suffixOf));
    return included.map(({ tree, values }) => {
      const added = ordered(values, keys);
      const suffix = suffixOf(added);
      if (seen.has(suffix)) this.#problems.add(tree.place, 'is a combination that is there already');
      seen.add(suffix);
      for (const value of added.values()) this.#checkText(value);
      return added;
    });
  }

  #axes(matrix: MapTree): Axes | undefined {
    const axes = [...matrix.entries].filter(([key]) => !RESERVED.has(key));
    const good = axes.every(([key, tree]) => this.#checkAxis(key, tree));
    if (!good) return undefined;
    if (axes.length > SUITE_BOUNDS.matrixKeys) {
      this.#problems.add(matrix.place, `has ${axes.length} keys; at most ${SUITE_BOUNDS.matrixKeys}`);
      return undefined;
    }
    const lists = axes.map(([key, tree]) => [key, itemsOf(tree).filter(isValue)] as const);
    const total = sizeOf(lists);
    if (total <= SUITE_BOUNDS.combinations) return lists;
    this.#problems.add(matrix.place, `has ${total} combinations; at most ${SUITE_BOUNDS.combinations}`);
    return undefined;
  }

  /** What the shape's check reports is only not used here. */
  #checkAxis(key: string, tree: Tree): boolean {
    if (!KEY.test(key)) {
      this.#problems.addKey(tree.place, 'is not a key of a matrix; use letters, digits, "_" and "-"');
      return false;
    }
    if (tree.kind !== 'list' || !tree.items.every(isValue)) return false;
    if (tree.items.length === 0) this.#problems.add(tree.place, 'is empty; list at least one value');
    return tree.items.length > 0 && this.#checkDistinct(tree);
  }

  #checkDistinct({ items }: ListTree): boolean {
    const seen = new Set<string>();
    for (const item of items.filter(isValue)) {
      const text = valueText(item);
      if (seen.has(text)) this.#problems.add(item.place, `${show(item.value)} is given twice`);
      seen.add(text);
      this.#checkText(item);
    }
    return true;
  }

  /** It becomes a part of the name of a job. */
  #checkText(value: LeafTree): void {
    const text = valueText(value);
    this.#problems.attempt(value.place, () => checkLine(text, BOUNDS.name));
  }

  #named(matrix: MapTree, key: string): Named[] {
    return itemsOf(matrix.entries.get(key)).map((tree) => ({
      tree,
      values: new Map(
        [...asMap(tree).entries].flatMap(([name, value]) => (isValue(value) ? [[name, value]] : [])),
      ),
    }));
  }

  #checkComplete(tree: Tree, values: Values, keys: readonly string[]): void {
    this.#checkKnown(tree, keys);
    for (const key of keys)
      if (!values.has(key)) this.#problems.add(tree.place, `is missing a value for ${quote(key)}`);
  }

  #checkKnown(tree: Tree, keys: readonly string[]): void {
    for (const [key, value] of asMap(tree).entries) {
      if (keys.includes(key)) continue;
      const meant = nearest(key, keys);
      const ending = meant === undefined ? `allowed: ${keys.join(', ')}` : `did you mean ${quote(meant)}?`;
      this.#problems.addKey(value.place, `unknown key; ${ending}`);
    }
  }

  #excluding(product: readonly Values[], excluded: Named[], keys: readonly string[]): readonly Values[] {
    let kept = product;
    for (const { tree, values } of excluded) {
      this.#checkKnown(tree, keys);
      const pairs = [...values];
      const left = kept.filter(
        (combination) => !pairs.every(([key, value]) => same(combination.get(key), value)),
      );
      if (left.length === kept.length) this.#problems.add(tree.place, 'excludes nothing');
      kept = left;
    }
    return kept;
  }
}

const ordered = (values: Values, keys: readonly string[]): Values =>
  new Map(
    keys.flatMap((key) => {
      const value = values.get(key);
      return value === undefined ? [] : [[key, value]];
    }),
  );

const sizeOf = (axes: Axes): number => axes.reduce((product, [, items]) => product * items.length, 1);

function crossed(axes: Axes): Values[] {
  let product: Values[] = [new Map()];
  for (const [key, items] of axes) {
    product = product.flatMap((values) => items.map((item) => new Map([...values, [key, item]])));
  }
  return product;
}
