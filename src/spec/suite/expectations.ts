import { resolve } from 'node:path';
import { expectSchema } from './expect.js';
import type { ProgramReader, ProgramServices } from './programs.js';
import type { Expect, Program, TextExpectation } from './suite.js';
import { childOf, type MapTree, mapTree, omit, type Tree } from './tree.js';

const CHECKER: ReadonlySet<string> = new Set(['checker']);

/** Makes expectations out of trees; what many cases have from one place is made once. */
export class ExpectationReader {
  readonly #services: ProgramServices;
  readonly #programs: ProgramReader;
  readonly #texts = new WeakMap<Tree, TextExpectation>();
  readonly #checkers = new WeakMap<MapTree, Map<Tree, Program | null>>();

  constructor(services: ProgramServices, programs: ProgramReader) {
    this.#services = services;
    this.#programs = programs;
  }

  /** @param whole the job that it is expected of */
  expect(given: Tree | undefined, whole: MapTree): Expect | undefined {
    if (given !== undefined && given.kind !== 'map') return undefined;
    const tree = given ?? mapTree(new Map(), whole.place);
    const { problems, paths } = this.#services;
    const checker = this.#checker(tree.entries.get('checker'), whole);
    const parsed = problems.parse(expectSchema, omit(tree, CHECKER));
    paths.addExpect(tree);
    if (parsed === undefined) return undefined;
    const { statuses, exitCode, signal, maxCpuTimeMs, maxMemoryBytes } = parsed;
    return {
      statuses,
      exitCode,
      signal,
      stdout: this.#text(parsed.stdout, tree.entries.get('stdout')),
      stderr: this.#text(parsed.stderr, tree.entries.get('stderr')),
      maxCpuTimeMs,
      maxMemoryBytes,
      checker,
      outputs: parsed.outputs.map(({ path, content }) => ({
        path,
        content: this.#text(content, childOf(tree.entries.get('outputs'), path)),
      })),
    };
  }

  #checker(tree: Tree | undefined, whole: MapTree): Program | null {
    if (tree === undefined) return null;
    const known = this.#checkers.get(whole) ?? new Map<Tree, Program | null>();
    this.#checkers.set(whole, known);
    const program = known.get(tree) ?? this.#programs.companion(tree, whole);
    known.set(tree, program);
    return program;
  }

  #text(text: TextExpectation | null, tree: Tree | undefined): TextExpectation | null {
    if (text === null) return null;
    const known = tree === undefined ? undefined : this.#texts.get(tree);
    const made = known ?? this.#absolute(text);
    if (tree !== undefined) this.#texts.set(tree, made);
    return made;
  }

  #absolute(text: TextExpectation): TextExpectation {
    const { expected } = text;
    if (expected.kind !== 'path') return text;
    return { ...text, expected: { kind: 'path', path: resolve(this.#services.baseDir, expected.path) } };
  }
}
