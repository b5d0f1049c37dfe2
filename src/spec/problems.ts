import type * as z from 'zod';
import { quote, show } from '../core/index.js';
import { BOUNDS } from './bounds.js';

/** What zod calls its types, in the words of someone who writes a spec. */
const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** zod's issues in one line each, without path; for every schema that does not bring its own words. */
export function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') {
    const expected = EXPECTED[issue.expected] ?? issue.expected;
    return issue.input === undefined
      ? `is missing; expected ${expected}`
      : `${show(issue.input)} is not ${expected}`;
  }
  if (issue.code === 'invalid_value') {
    return `${show(issue.input)} is not allowed; use ${issue.values.map(show).join(', ')}`;
  }
  // An empty message asks for the problems of the alternative that was meant; see problemLines.
  return issue.code === 'invalid_union' ? '' : undefined;
}

const PLAIN_KEY = /^[a-z_$][\w$-]*$/i;

/** `limits.memory`, `files["a b"].mode`, `command[2]` */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      const name = String(key);
      if (!PLAIN_KEY.test(name)) return `[${quote(name)}]`;
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}

/** One thing that is wrong, in one line. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Whether the last key of the path is what is wrong, or its value. */
  readonly about: 'key' | 'value';
}

function formatProblem({ path, message }: Problem): string {
  return path.length === 0 ? message : `${formatPath(path)}: ${message}`;
}

/** The alternative that the input was meant as: not refused as a whole, and with the fewest issues. */
function closestBranch(branches: readonly z.core.$ZodIssue[][]): readonly z.core.$ZodIssue[] {
  const refusedWhole = (issue: z.core.$ZodIssue): boolean =>
    issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
  const likely = branches.filter((issues) => !issues.some(refusedWhole));
  return [...(likely.length > 0 ? likely : branches)].sort((a, b) => a.length - b.length)[0] ?? [];
}

/**
 * Places whose absence an unknown key explains: the key that was meant, and the object itself, which may want one of
 * several keys.
 */
function explainedPlaces(issues: readonly z.core.$ZodIssue[]): ReadonlySet<string> {
  const places = issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [];
    const meant = [...issue.message.matchAll(/did you mean "([^"]+)"\?$/gm)].map(([, key]) => [
      ...issue.path,
      key ?? '',
    ]);
    return [issue.path, ...meant].map(formatPath);
  });
  return new Set(places);
}

function unfold(issue: z.core.$ZodIssue, path: readonly PropertyKey[]): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n');
    return issue.keys.map((key, index) => ({
      path: [...path, key],
      message: messages[index] ?? 'unknown key',
      about: 'key',
    }));
  }
  if (issue.code === 'invalid_union' && issue.message === '') {
    return problemsOf(closestBranch(issue.errors), path);
  }
  return [{ path, message: issue.message, about: 'value' }];
}

/** What zod's issues say, unknown keys and alternatives taken apart. */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  above: readonly PropertyKey[] = [],
): Problem[] {
  const explained = explainedPlaces(issues);
  return issues
    .filter((issue) => !(issue.message.startsWith('is missing') && explained.has(formatPath(issue.path))))
    .flatMap((issue) => unfold(issue, [...above, ...issue.path]));
}

/** One line per problem, each with its path. */
export const problemLines = (issues: readonly z.core.$ZodIssue[]): string[] =>
  problemsOf(issues).map(formatProblem);

/** The lines of one message, of which the first few are enough. */
export function joinProblems(lines: readonly string[]): string {
  const rest = lines.length - BOUNDS.problems;
  return [...lines.slice(0, BOUNDS.problems), ...(rest > 0 ? [`… and ${rest} more`] : [])].join('\n');
}
