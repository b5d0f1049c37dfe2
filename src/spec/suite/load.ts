import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { invalidSpec, quote } from '../../core/index.js';
import { printable } from '../text.js';
import { assembleSuite } from './assemble.js';
import { SUITE_BOUNDS } from './bounds.js';
import { withCaseFiles } from './case-files.js';
import { readContents, withContents } from './contents.js';
import { discover, type Found } from './discover.js';
import { treeOfText } from './from-text.js';
import { type CheckedPath, checkPaths, checkWritable } from './path-check.js';
import { PathUses } from './path-uses.js';
import { type FileProblem, ProblemList } from './problem-list.js';
import { problemsError } from './problem-text.js';
import { readText } from './read-text.js';
import type { Suite } from './suite.js';
import { childOf, NOWHERE, type Place, type Tree } from './tree.js';

export interface LoadOptions {
  /** What relative paths are relative to; the process's directory unless given. */
  readonly cwd?: string;
  /** Whether a suite may use files, mounts and images outside of its directory. */
  readonly allowOutside?: boolean;
  /** Whether its programs may have less than full isolation, the host's network, all system calls, or `allowDegraded`. */
  readonly allowUnsafe?: boolean;
}

type Rules = Required<Pick<LoadOptions, 'allowOutside' | 'allowUnsafe'>>;

/** A suite, and what is needed to find problems that it has with others. */
interface Loaded {
  readonly suite: Suite | undefined;
  readonly problems: ProblemList;
  readonly namePlace: Place | undefined;
  readonly checked: readonly CheckedPath[];
}

const failed = (problems: ProblemList): Loaded => ({
  suite: undefined,
  problems,
  namePlace: undefined,
  checked: [],
});

async function loadSuite(file: Found, rules: Rules): Promise<Loaded> {
  const { name, path } = file;
  const unread = new ProblemList(name, () => ({ line: 1, column: 1 }));
  const text = await unread.attemptAsync(NOWHERE, () => readText(path, { maxBytes: SUITE_BOUNDS.fileBytes }));
  if (text === undefined) return failed(unread);
  const { tree, problems } = treeOfText(text, name);
  return tree === undefined ? failed(problems) : loadTree({ file, tree, problems, rules });
}

async function loadTree({ file, tree: written, problems, rules }: Parsed): Promise<Loaded> {
  const { name, path } = file;
  const baseDir = dirname(path);
  const { allowOutside, allowUnsafe } = rules;
  const tree = await withCaseFiles(written, { baseDir, allowOutside, problems });
  const paths = new PathUses();
  const suite = assembleSuite(tree, { problems, paths, baseDir, name: printable(name), path, allowUnsafe });
  const checked = await checkPaths(paths.all, { baseDir, allowOutside }, problems);
  const contents = await readContents(checked, (use) => resolve(baseDir, use.path), problems);
  const complete = problems.attempt(tree.place, () => withContents(suite, contents));
  return { suite: complete, problems, namePlace: childOf(tree, 'name')?.place ?? tree.place, checked };
}

interface Parsed {
  readonly file: Found;
  readonly tree: Tree;
  readonly problems: ProblemList;
  readonly rules: Rules;
}

/** Each file once, however often it was named. */
async function distinct(found: readonly Found[]): Promise<Found[]> {
  const byRealPath = new Map<string, Found>();
  for (const file of found) {
    const real = await realpath(file.path).catch(() => file.path);
    if (!byRealPath.has(real)) byRealPath.set(real, file);
  }
  return [...byRealPath.values()];
}

/** Reports are read by names: two suites of one name could not be told apart. */
function checkNames(loaded: readonly Loaded[]): void {
  const seen = new Map<string, Suite>();
  for (const { suite, problems, namePlace } of loaded) {
    if (suite === undefined || namePlace === undefined) continue;
    const first = seen.get(suite.name);
    if (first === undefined) seen.set(suite.name, suite);
    else
      problems.add(namePlace, `${quote(suite.name)} is the name of ${first.path ?? 'another suite'} already`);
  }
}

/**
 * The suites in these files, directories and patterns, in the order in which they are named, each file once.
 *
 * @throws HotcellError `invalid-spec`: one line per problem of all files, by file, line and column, such as
 * `sum.yaml:3:5: jobs[0].limits.memroy: unknown key; did you mean "memory"?`
 */
export async function loadSuites(
  paths: readonly string[],
  { cwd = process.cwd(), allowOutside = false, allowUnsafe = false }: LoadOptions = {},
): Promise<Suite[]> {
  if (paths.length === 0) throw invalidSpec('no suite is named; name a file, a directory or a pattern');
  const discoveries = await Promise.all(paths.map((path) => discover(path, cwd)));
  const files = await distinct(discoveries.flatMap(({ found }) => found));
  if (files.length > SUITE_BOUNDS.files)
    throw invalidSpec(`${files.length} suites; at most ${SUITE_BOUNDS.files}`);
  const loaded: Loaded[] = [];
  // One after the other: parsing is what takes the time and the memory.
  for (const file of files) loaded.push(await loadSuite(file, { allowOutside, allowUnsafe }));
  checkNames(loaded);
  checkWritable(loaded);
  const problems: FileProblem[] = [discoveries, loaded.map((one) => one.problems)]
    .flat()
    .flatMap((one) => one.problems);
  if (problems.length > 0) throw problemsError(problems);
  return loaded.flatMap(({ suite }) => suite ?? []);
}
