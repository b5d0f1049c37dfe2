import { show } from '../../core/index.js';
import { SUITE_BOUNDS } from './bounds.js';
import type { ProblemList } from './problem-list.js';
import { leafTree, listTree, mapTree, NOWHERE, type Place, type Tree } from './tree.js';

const at = (above: Place, key: string | number): Place => ({ above, key, keyOffset: -1, offset: -1 });

class PlainReader {
  readonly #problems: ProblemList;
  #left: number = SUITE_BOUNDS.values;

  constructor(problems: ProblemList) {
    this.#problems = problems;
  }

  read(value: unknown, place: Place, depth: number): Tree {
    this.#left -= 1;
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value))
      return leafTree(value, place);
    if (this.#left < 0) return leafTree(undefined, place);
    if (depth === 0) {
      const levels = `at most ${SUITE_BOUNDS.depth} levels (is there a cycle?)`;
      this.#problems.add(place, `nested too deeply; ${levels}`);
      return leafTree(undefined, place);
    }
    if (Array.isArray(value)) {
      return listTree(
        value.map((item, index) => this.read(item, at(place, index), depth - 1)),
        place,
      );
    }
    return this.#readMap(value as Readonly<Record<string, unknown>>, place, depth);
  }

  get overflowed(): boolean {
    return this.#left < 0;
  }

  #readMap(value: Readonly<Record<string, unknown>>, place: Place, depth: number): Tree {
    const entries = new Map<string, Tree>();
    for (const key of Object.keys(value)) {
      if (this.overflowed) break;
      // A key that is there without a value is as good as not there, as everywhere in JavaScript.
      if (key === '__proto__') this.#problems.add(at(place, key), 'is not allowed as a key');
      else if (value[key] !== undefined) entries.set(key, this.read(value[key], at(place, key), depth - 1));
    }
    return mapTree(entries, place);
  }
}

/** The tree of a value that a caller made, or undefined after its problems were added. */
export function treeOfPlain(input: unknown, problems: ProblemList): Tree | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input) || ArrayBuffer.isView(input)) {
    problems.add(
      NOWHERE,
      `${show(input)} is not a suite; write an object such as { jobs: [{ command: [...] }] }`,
    );
    return undefined;
  }
  const reader = new PlainReader(problems);
  const tree = reader.read(input, NOWHERE, SUITE_BOUNDS.depth);
  if (reader.overflowed) problems.add(NOWHERE, `has too many values; at most ${SUITE_BOUNDS.values}`);
  return problems.problems.length > 0 ? undefined : tree;
}
