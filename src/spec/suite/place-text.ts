import { quote } from '../../core/index.js';
import { printable } from '../text.js';

/** Line and column, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A name that would break the line, or hide in a terminal, is quoted. */
const nameOf = (file: string): string =>
  printable(file) === file ? file : quote(file, Number.POSITIVE_INFINITY);

/** `sum.yaml:3:5`; undefined for what is in no file. */
export function placeText(file: string | null, position: Position | null): string | undefined {
  if (file === null) return undefined;
  return position === null ? nameOf(file) : `${nameOf(file)}:${position.line}:${position.column}`;
}
