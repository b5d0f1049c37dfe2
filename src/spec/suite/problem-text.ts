import { type HotcellError, invalidSpec, quote } from '../../core/index.js';
import { printable } from '../text.js';
import { SUITE_BOUNDS } from './bounds.js';
import type { FileProblem } from './problem-list.js';

/** A name that would break the line, or hide in a terminal, is quoted. */
const nameOf = (file: string): string =>
  printable(file) === file ? file : quote(file, Number.POSITIVE_INFINITY);

function lineOf({ file, position, text }: FileProblem): string {
  if (file === null) return text;
  const place = position === null ? '' : `:${position.line}:${position.column}`;
  return `${nameOf(file)}${place}: ${text}`;
}

const byText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

function compare(a: FileProblem, b: FileProblem): number {
  return (
    byText(a.file ?? '', b.file ?? '') ||
    (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
    (a.position?.column ?? 0) - (b.position?.column ?? 0)
  );
}

/** One error for all problems, a line for each, by file, line and column. */
export function problemsError(problems: readonly FileProblem[]): HotcellError {
  const lines = [...problems].sort(compare).map(lineOf);
  const rest = lines.length - SUITE_BOUNDS.problems;
  return invalidSpec(
    [...lines.slice(0, SUITE_BOUNDS.problems), ...(rest > 0 ? [`… and ${rest} more`] : [])].join('\n'),
  );
}
