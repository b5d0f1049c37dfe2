import { LineCounter } from 'yaml';
import type { Position } from './place-text.js';
import { ProblemList } from './problem-list.js';

function countLines(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return lines;
}

/**
 * For the problems of a text, whose lines are counted when there is one.
 *
 * @param file what messages call it
 */
export function problemsOfText(text: string, file: string | null): ProblemList {
  let lines: LineCounter | undefined;
  return new ProblemList(file, (offset): Position => {
    lines ??= countLines(text);
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  });
}
