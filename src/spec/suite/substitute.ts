import { editDistance, invalidSpec, nearest, quote } from '../../core/index.js';
import { SUITE_BOUNDS } from './bounds.js';
import type { ProblemList } from './problem-list.js';
import { type LeafTree, leafTree, listTree, type MapTree, mapTree, type Place, type Tree } from './tree.js';

/** A value of a matrix by its key. */
export type Values = ReadonlyMap<string, LeafTree>;

/** `$${matrix.x}` is `${matrix.x}` itself. */
const PLACEHOLDER = /(\$?)\$\{matrix\.([^{}\n]*)(\}?)/g;

/** Nothing but one placeholder. */
const WHOLE = /^\$\{matrix\.([^{}\n]*)\}$/;

/** Anything of the form of a placeholder. */
const NAMED = /(\$?)\$\{([A-Za-z]{4,12})\.([^{}\n]*)\}/g;

export const hasPlaceholder = (text: string): boolean => text.includes('${matrix.');

/** A value as it is written, so that the version 1.10 stays what it is. */
export const valueText = ({ value, source }: LeafTree): string => source ?? String(value);

export class Substitution {
  readonly #problems: ProblemList;
  #left: number = SUITE_BOUNDS.substituted;

  constructor(problems: ProblemList) {
    this.#problems = problems;
  }

  /** The tree with every placeholder replaced; what has none is the same object as before. */
  apply(tree: Tree, values: Values): Tree {
    if (tree.kind === 'leaf') return this.#leaf(tree, values);
    if (tree.kind === 'list') {
      const items = tree.items.map((item) => this.apply(item, values));
      return items.every((item, index) => item === tree.items[index]) ? tree : listTree(items, tree.place);
    }
    return this.map(tree, values);
  }

  map(tree: MapTree, values: Values): MapTree {
    const entries = new Map<string, Tree>();
    let changed = false;
    for (const [key, value] of tree.entries) {
      const newKey = hasPlaceholder(key) ? this.#key(key, value, values) : key;
      const newValue = this.apply(value, values);
      changed ||= newKey !== key || newValue !== value;
      if (entries.has(newKey))
        this.#problems.addKey(value.place, `is given twice: both are ${quote(newKey)}`);
      entries.set(newKey, newValue);
    }
    return changed ? mapTree(entries, tree.place) : tree;
  }

  #key(key: string, { place }: Tree, values: Values): string {
    const replaced = this.#problems.attempt(place, () => this.#replace(key, values)) ?? key;
    if (replaced !== '__proto__') return replaced;
    this.#problems.addKey(place, 'becomes "__proto__", which is not allowed as a key');
    return key;
  }

  #leaf(leaf: LeafTree, values: Values): LeafTree {
    const { value, place } = leaf;
    if (typeof value === 'string') this.#checkTyping(value, place);
    if (typeof value !== 'string' || !hasPlaceholder(value)) return leaf;
    const replaced = this.#problems.attempt(place, () => this.#replace(value, values));
    if (replaced === undefined) return leaf;
    const whole = WHOLE.exec(value)?.[1];
    const typed = whole === undefined ? undefined : values.get(whole)?.value;
    return { ...leafTree(replaced, place), typed: typeof typed === 'string' ? undefined : typed };
  }

  /** What is one slip of the finger away; a text may hold a program in a language that has such placeholders itself. */
  #checkTyping(text: string, place: Place): void {
    if (!text.includes('${')) return;
    for (const [written, dollar, name = '', key] of text.matchAll(NAMED)) {
      if (dollar !== '' || name === 'matrix' || editDistance(name.toLowerCase(), 'matrix') > 1) continue;
      const meant = `\${matrix.${key}}`;
      this.#problems.add(place, `${quote(written)} is not known; did you mean ${quote(meant)}?`);
    }
  }

  #replace(text: string, values: Values): string {
    const replaced = text.replace(PLACEHOLDER, (whole: string, escaped: string, key: string, end: string) => {
      if (escaped !== '') return whole.slice(1);
      if (end === '') throw invalidSpec(`${quote(whole)} is not closed by "}"`);
      const value = values.get(key);
      if (value === undefined) throw invalidSpec(unknownKey(key, values));
      const inserted = valueText(value);
      this.#spend(inserted.length);
      return inserted;
    });
    this.#spend(replaced.length);
    return replaced;
  }

  #spend(characters: number): void {
    this.#left -= characters;
    if (this.#left >= 0) return;
    throw invalidSpec(
      `too much text from matrix values; at most ${SUITE_BOUNDS.substituted} characters in a suite`,
    );
  }
}

function unknownKey(key: string, values: Values): string {
  if (values.size === 0) return `${quote(`\${matrix.${key}}`)} is not known: there is no matrix here`;
  const meant = nearest(key, [...values.keys()]);
  const ending =
    meant === undefined ? `there are ${[...values.keys()].join(', ')}` : `did you mean ${quote(meant)}?`;
  return `the matrix has no key ${quote(key)}; ${ending}`;
}
