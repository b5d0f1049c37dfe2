import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { quote } from '../../core/index.js';
import { SUITE_BOUNDS } from './bounds.js';
import { treeOfJson } from './json-text.js';
import type { ProblemList } from './problem-list.js';
import { problemsOfText } from './text-problems.js';
import { leafTree, listTree, mapTree, NOWHERE, type Place, type Tree } from './tree.js';
import { NotInPieces, Pieces, startOf } from './yaml-pieces.js';
import { readYaml } from './yaml-text.js';

class YamlReader {
  readonly pieces = new Pieces((node, place) => this.read(node, place, 0));
  readonly #problems: ProblemList;
  readonly #anchors = new Map<string, Tree>();
  #values = 0;
  #aliases = 0;

  constructor(problems: ProblemList) {
    this.#problems = problems;
  }

  /** @param depth how many levels are above */
  read(node: unknown, place: Place, depth: number): Tree {
    if (isAlias(node)) return this.#resolve(node, place, depth);
    const tree = this.#readNode(node, place, depth);
    const { anchor } = (node ?? {}) as { anchor?: string };
    if (anchor !== undefined) this.#anchors.set(anchor, tree);
    return tree;
  }

  #readNode(node: unknown, place: Place, depth: number): Tree {
    this.#count(1, place);
    if (isMap(node)) return this.#readMap(node, place, depth);
    if (isSeq(node)) return this.#readList(node, place, depth);
    if (!isScalar(node)) return leafTree(null, place);
    return leafTree(node.value, place, typeof node.value === 'number' ? node.source : undefined);
  }

  #readList(node: YAMLSeq, place: Place, depth: number): Tree {
    const piece = this.pieces.at(startOf(node));
    const before = piece?.items ?? [];
    if (piece !== undefined) Object.assign(piece.place, place);
    const items = node.items.map((item, index) => {
      const offset = startOf(item);
      const own = { above: place, key: before.length + index, keyOffset: offset, offset };
      return this.read(item, own, depth + 1);
    });
    return listTree(before.concat(items), place);
  }

  #readMap(node: YAMLMap, place: Place, depth: number): Tree {
    const entries = new Map<string, Tree>();
    for (const pair of node.items) {
      const key = this.#keyOf(pair, place);
      if (key === undefined) continue;
      const keyOffset = startOf(pair.key);
      const own = {
        above: place,
        key,
        keyOffset,
        offset: pair.value === null ? keyOffset : startOf(pair.value),
      };
      const refusal = entries.has(key) ? 'is given twice' : refusedKey(key);
      if (refusal !== undefined) this.#problems.addKey(own, refusal);
      else entries.set(key, this.read(pair.value, own, depth + 1));
    }
    return mapTree(entries, place);
  }

  #keyOf({ key }: Pair, above: Place): string | undefined {
    if (isScalar(key) && key.value !== null) return keyText(key);
    const offset = startOf(key);
    this.#problems.add(
      { ...above, offset: offset < 0 ? above.offset : offset },
      'a key is not text; write it as text',
    );
    return undefined;
  }

  /** The tree is shared, not copied; what counts is its size if it were. */
  #resolve(alias: Alias, place: Place, depth: number): Tree {
    const named = this.#anchors.get(alias.source);
    this.#aliases += 1;
    if (named === undefined) {
      this.#problems.add(place, `the alias ${quote(`*${alias.source}`)} has no anchor before it`);
    } else if (this.#aliases > SUITE_BOUNDS.aliases) {
      this.#problems.add(place, `too many aliases; at most ${SUITE_BOUNDS.aliases}`);
    } else if (depth + named.height > SUITE_BOUNDS.depth) {
      this.#problems.add(place, `nested too deeply with its aliases; at most ${SUITE_BOUNDS.depth} levels`);
    } else {
      this.#count(named.size, place);
      return { ...named, place };
    }
    return leafTree(undefined, place);
  }

  #count(values: number, place: Place): void {
    const before = this.#values;
    this.#values += values;
    if (before <= SUITE_BOUNDS.values && this.#values > SUITE_BOUNDS.values) {
      this.#problems.add(place, `too many values, aliases written out; at most ${SUITE_BOUNDS.values}`);
    }
  }
}

/** As it is written: the key `0755` or `1.10` means those characters. */
const keyText = ({ value, source }: Scalar): string =>
  typeof value === 'string' ? value : (source ?? String(value));

function refusedKey(key: string): string | undefined {
  if (key === '__proto__') return 'is not allowed as a key';
  return key === '<<' ? 'merge keys are not understood; use "extends" and "templates"' : undefined;
}

export interface ReadTree {
  readonly problems: ProblemList;
  /** Undefined after a problem was added. */
  readonly tree: Tree | undefined;
}

/** @param file what messages call it */
export function treeOfText(text: string, file: string | null): ReadTree {
  const json = treeOfJson(text);
  if (json !== undefined) return { problems: problemsOfText(text, file), tree: json };
  return inPieces(text, file) ?? treeOfYaml(text, problemsOfText(text, file));
}

/** Undefined when there is something wrong, and it was not all in one piece. */
function inPieces(text: string, file: string | null): ReadTree | undefined {
  const problems = problemsOfText(text, file);
  const reader = new YamlReader(problems);
  try {
    const read = treeOfYaml(text, problems, reader);
    return read.tree === undefined && reader.pieces.any ? undefined : read;
  } catch (error) {
    if (error instanceof NotInPieces) return undefined;
    throw error;
  }
}

/** @param reader of long lists while the text is parsed */
function treeOfYaml(text: string, problems: ProblemList, reader?: YamlReader): ReadTree {
  const document = readYaml(text, problems, reader && ((list) => reader.pieces.take(list)));
  if (document === undefined) return { problems, tree: undefined };
  if (document.contents === null) {
    problems.addAt(0, 'is empty; write jobs: [{ command: ["./program"] }]');
    return { problems, tree: undefined };
  }
  const root: Place = { ...NOWHERE, offset: startOf(document.contents) };
  const tree = (reader ?? new YamlReader(problems)).read(document.contents, root, 0);
  return { problems, tree: problems.problems.length > 0 ? undefined : tree };
}
