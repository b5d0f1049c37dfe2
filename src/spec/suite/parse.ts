import { resolve } from 'node:path';
import { assembleSuite } from './assemble.js';
import { treeOfPlain } from './from-plain.js';
import { partsOf } from './parts.js';
import { PathUses } from './path-uses.js';
import { ProblemList } from './problem-list.js';
import { problemsError } from './problem-text.js';
import type { Suite } from './suite.js';
import { childOf, type Tree, textOf } from './tree.js';

export interface ParseSuiteOptions {
  /** What relative host paths are relative to; the working directory of the process if not given. */
  readonly baseDir?: string;
  /** What reports call the suite if it does not say; "suite" if not given. */
  readonly name?: string;
}

const NO_POSITION = { line: 1, column: 1 };

/** Where no file is touched there can be none of them. */
function refuseCaseFiles(suite: Tree, problems: ProblemList): void {
  for (const part of partsOf(suite)) {
    const cases = childOf(part, 'cases');
    if (cases?.kind !== 'map' || textOf(childOf(cases, 'glob')) === undefined) continue;
    problems.add(cases.place, 'are looked for in a suite that is a file; write them out, or use loadSuites');
  }
}

/**
 * A checked suite from whatever the user gave: defaults, templates and matrices expanded, every default filled in, every
 * host path absolute. No file is touched: whether a path leads anywhere shows when it is used.
 *
 * @throws HotcellError `invalid-spec`; its message has one line per problem, such as
 * `jobs[0].limits.memroy: unknown key; did you mean "memory"?`
 */
export function parseSuite(
  input: unknown,
  { baseDir = process.cwd(), name = 'suite' }: ParseSuiteOptions = {},
): Suite {
  const problems = new ProblemList(null, () => NO_POSITION);
  const tree = treeOfPlain(input, problems);
  if (tree !== undefined) refuseCaseFiles(tree, problems);
  const paths = new PathUses();
  // Who calls this in a program has the suite in hand already.
  const assembly = { problems, paths, baseDir: resolve(baseDir), name, path: null, allowUnsafe: true };
  const suite = tree === undefined ? undefined : assembleSuite(tree, assembly);
  if (suite === undefined || problems.problems.length > 0) throw problemsError(problems.problems);
  return suite;
}
