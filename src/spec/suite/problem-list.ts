import type * as z from 'zod';
import { HotcellError } from '../../core/index.js';
import { describeIssue, formatPath, type Problem, problemsOf } from '../problems.js';
import { type Position, placeText } from './place-text.js';
import { childOf, leafTree, type Place, pathOf, plainOf, type Tree, withLeaf } from './tree.js';

/** A problem in a file, or of a file; without position it is about the file as a whole. */
export interface FileProblem {
  /** Name of the file; null for input that came from none. */
  readonly file: string | null;
  readonly position: Position | null;
  readonly text: string;
}

/** Where in a tree a path leads: the last place on it that is there, and the keys that are not. */
function locate(tree: Tree, path: readonly PropertyKey[]): { found: Tree; missing: readonly PropertyKey[] } {
  let at = tree;
  for (const [index, key] of path.entries()) {
    const child = childOf(at, key);
    if (child === undefined) return { found: at, missing: path.slice(index) };
    at = child;
  }
  return { found: at, missing: [] };
}

const lineOf = (path: readonly PropertyKey[], message: string): string =>
  path.length === 0 ? message : `${formatPath(path)}: ${message}`;

/** The tree with numbers and truth values of a matrix where their text was refused. */
function retyped(tree: Tree, problems: readonly Problem[]): Tree {
  let changed = tree;
  for (const { path } of problems) {
    const { found } = locate(tree, path);
    if (found.kind !== 'leaf' || found.typed === undefined) continue;
    changed = withLeaf(changed, path, leafTree(found.typed, found.place));
  }
  return changed;
}

type Ignored = (found: Tree, message: string) => boolean;

/** Collects what is wrong with one suite. A problem that several jobs inherit counts once. */
export class ProblemList {
  readonly #problems = new Map<string, FileProblem>();
  readonly #keys = new Set<string>();
  readonly #file: string | null;
  readonly #positionAt: (offset: number) => Position;

  constructor(file: string | null, positionAt: (offset: number) => Position) {
    this.#file = file;
    this.#positionAt = positionAt;
  }

  get problems(): readonly FileProblem[] {
    return [...this.#problems.values()];
  }

  addAt(offset: number, text: string): void {
    const position = offset < 0 ? null : this.#positionAt(offset);
    this.#problems.set(`${offset} ${text}`, { file: this.#file, position, text });
  }

  /** The place as messages name it. */
  placeText(place: Place): string {
    const position = place.offset < 0 ? null : this.#positionAt(place.offset);
    return placeText(this.#file, position) ?? formatPath(pathOf(place));
  }

  /** @param missing keys below the place that are not there */
  add(place: Place, message: string, missing: readonly PropertyKey[] = []): void {
    this.addAt(place.offset, lineOf([...pathOf(place), ...missing], message));
  }

  addKey(place: Place, message: string): void {
    // The shapes that a key is judged by one after the other may know other keys that are near to it.
    const seen = `${place.keyOffset} ${formatPath(pathOf(place))}`;
    if (this.#keys.has(seen)) return;
    this.#keys.add(seen);
    this.addAt(place.keyOffset, lineOf(pathOf(place), message));
  }

  /**
   * The output, or undefined after every issue was added at the place of the value that it is about.
   *
   * @param ignored tells which problems are none
   */
  parse<Schema extends z.ZodType>(
    schema: Schema,
    tree: Tree,
    ignored: Ignored = () => false,
  ): z.output<Schema> | undefined {
    // With options zod makes an object by a spread each time, whose hidden class is kept until V8's next full collection.
    const right = schema.safeParse(plainOf(tree));
    if (right.success) return right.data;
    const parse = (from: Tree) => schema.safeParse(plainOf(from), { error: describeIssue });
    let used = tree;
    let result = parse(used);
    if (result.success) return result.data;
    used = retyped(tree, problemsOf(result.error.issues));
    if (used !== tree) result = parse(used);
    if (result.success) return result.data;
    for (const problem of problemsOf(result.error.issues)) this.#addFound(used, problem, ignored);
    return undefined;
  }

  /** What `action` gives; the `invalid-spec` that it throws is added at the place. */
  attempt<Output>(place: Place, action: () => Output): Output | undefined {
    return this.#attempt(action, (message) => this.add(place, message));
  }

  attemptAt<Output>(offset: number, action: () => Output): Output | undefined {
    return this.#attempt(action, (message) => this.addAt(offset, message));
  }

  async attemptAsync<Output>(place: Place, action: () => Promise<Output>): Promise<Output | undefined> {
    try {
      return await action();
    } catch (error) {
      return this.attempt(place, () => {
        throw error;
      });
    }
  }

  #attempt<Output>(action: () => Output, add: (message: string) => void): Output | undefined {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof HotcellError) || error.code !== 'invalid-spec') throw error;
      for (const line of error.message.split('\n')) add(line);
      return undefined;
    }
  }

  #addFound(tree: Tree, { path, message, about }: Problem, ignored: Ignored): void {
    const { found, missing } = locate(tree, path);
    if (missing.length === 0 && ignored(found, message)) return;
    if (about === 'key' && missing.length === 0) this.addKey(found.place, message);
    else this.add(found.place, message, missing);
  }
}
