import { treeOfText } from '../suite/from-text.js';
import { problemsError } from '../suite/problem-text.js';
import { problemsOfText } from '../suite/text-problems.js';
import { leafTree, listTree, mapTree, type Tree } from '../suite/tree.js';
import { type SeccompProfile, seccompProfileSchema } from './profile.js';

/** Whole numbers that a JavaScript number cannot hold, as text: a mask of 64 bits must not lose its last ones. */
function exact(tree: Tree): Tree {
  if (tree.kind === 'list') return listTree(tree.items.map(exact), tree.place);
  if (tree.kind === 'map') {
    return mapTree(new Map([...tree.entries].map(([key, value]) => [key, exact(value)])), tree.place);
  }
  const { value, source, place } = tree;
  const isInexact = typeof value === 'number' && !Number.isSafeInteger(value);
  return isInexact && source !== undefined && /^\d+$/.test(source) ? leafTree(source, place) : tree;
}

/** As `parseSeccompProfile` of read.ts. */
export function profileOfText(text: string, source: string): SeccompProfile {
  if (text.trim() === '') {
    const problems = problemsOfText(text, source);
    problems.addAt(0, 'is empty; write { "defaultAction": …, "syscalls": […] }');
    throw problemsError(problems.problems);
  }
  const { tree, problems } = treeOfText(text, source);
  const profile = tree && problems.parse(seccompProfileSchema, exact(tree));
  if (profile === undefined) throw problemsError(problems.problems);
  return profile;
}
