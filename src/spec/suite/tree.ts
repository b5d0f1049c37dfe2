/**
 * What a suite's file says, each value with its place in it. Merging makes new trees out of parts of others, and every part
 * keeps its place: a problem in what a job took from a template is shown where the template has it.
 */

/** Where a value is written: a chain of keys up to the root. */
export interface Place {
  readonly above: Place | null;
  readonly key: string | number;
  /** Of its key in the text, and of the value itself; -1 where there is no text. */
  readonly keyOffset: number;
  readonly offset: number;
}

interface Node {
  readonly place: Place;
  /** How many values it has, itself among them, and in how many levels. */
  readonly size: number;
  readonly height: number;
}

export interface MapTree extends Node {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Tree>;
}

export interface ListTree extends Node {
  readonly kind: 'list';
  readonly items: readonly Tree[];
}

/** Anything without parts. */
export interface LeafTree extends Node {
  readonly kind: 'leaf';
  readonly value: unknown;
  /** As it is written, where that differs from the value: the `1.10` of the number 1.1. */
  readonly source?: string | undefined;
  /** What it stands for if text is not wanted: the number or truth value of a matrix that is all of the text. */
  readonly typed?: unknown;
}

export type Tree = MapTree | ListTree | LeafTree;

export const NOWHERE: Place = { above: null, key: '', keyOffset: -1, offset: -1 };

function extent(parts: Iterable<Tree>): { size: number; height: number } {
  let size = 1;
  let height = 0;
  for (const part of parts) {
    size += part.size;
    height = Math.max(height, part.height);
  }
  return { size, height: height + 1 };
}

// Written out: V8 may give each object that ends with a spread a hidden class of its own, larger than the object.
export function mapTree(entries: ReadonlyMap<string, Tree>, place: Place): MapTree {
  const { size, height } = extent(entries.values());
  return { kind: 'map', entries, place, size, height };
}

export function listTree(items: readonly Tree[], place: Place): ListTree {
  const { size, height } = extent(items);
  return { kind: 'list', items, place, size, height };
}

export const leafTree = (value: unknown, place: Place, source?: string): LeafTree => ({
  kind: 'leaf',
  value,
  place,
  size: 1,
  height: 1,
  source,
});

/** The keys from the root to the place. */
export function pathOf(place: Place): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at: Place = place; at.above !== null; at = at.above) path.unshift(at.key);
  return path;
}

export function childOf(tree: Tree | undefined, key: PropertyKey): Tree | undefined {
  if (tree?.kind === 'map') return tree.entries.get(String(key));
  return tree?.kind === 'list' && typeof key === 'number' ? tree.items[key] : undefined;
}

/** The text of a leaf, or undefined. */
export function textOf(tree: Tree | undefined): string | undefined {
  return tree?.kind === 'leaf' && typeof tree.value === 'string' ? tree.value : undefined;
}

/** The value without places. Maps never have a `__proto__`: whoever makes one sees to it. */
export function plainOf(tree: Tree): unknown {
  if (tree.kind === 'leaf') return tree.value;
  if (tree.kind === 'list') return tree.items.map(plainOf);
  const plain: Record<string, unknown> = {};
  for (const [key, value] of tree.entries) plain[key] = plainOf(value);
  return plain;
}

/** The tree with the leaf at the end of the path replaced; unchanged when the path leads to none. */
export function withLeaf(tree: Tree, path: readonly PropertyKey[], leaf: LeafTree): Tree {
  const [key, ...rest] = path;
  if (key === undefined) return leaf;
  const child = childOf(tree, key);
  if (child === undefined || tree.kind === 'leaf') return tree;
  const replaced = withLeaf(child, rest, leaf);
  if (tree.kind === 'map') return mapTree(new Map([...tree.entries, [String(key), replaced]]), tree.place);
  return listTree(
    tree.items.map((item, index) => (index === key ? replaced : item)),
    tree.place,
  );
}

/** The map with only these of its keys. */
export function pick(tree: MapTree, keys: ReadonlySet<string>): MapTree {
  return mapTree(new Map([...tree.entries].filter(([key]) => keys.has(key))), tree.place);
}

/** The map without these keys. */
export function omit(tree: MapTree, keys: ReadonlySet<string>): MapTree {
  return mapTree(new Map([...tree.entries].filter(([key]) => !keys.has(key))), tree.place);
}

/** As a map; an empty one at the place of anything else, which is a problem that the shape's check reports. */
export const asMap = (tree: Tree | undefined, place: Place = NOWHERE): MapTree =>
  tree?.kind === 'map' ? tree : mapTree(new Map(), tree?.place ?? place);

export const itemsOf = (tree: Tree | undefined): readonly Tree[] => (tree?.kind === 'list' ? tree.items : []);
