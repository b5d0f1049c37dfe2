import { type HotcellError, invalidSpec } from '../../core/index.js';
import { SUITE_BOUNDS } from './bounds.js';
import { placeText } from './place-text.js';
import type { FileProblem } from './problem-list.js';

function lineOf({ file, position, text }: FileProblem): string {
  const place = placeText(file, position);
  return place === undefined ? text : `${place}: ${text}`;
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
