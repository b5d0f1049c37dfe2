import { quote } from '../core/index.js';
import { type Offset, TemplateProblem } from './error.js';

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

const ESCAPE = /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[\s\S])/g;

function codePoint(code: string): number | undefined {
  if (/^[0-7]{3}$/.test(code)) return Number.parseInt(code, 8);
  return /^[xuU]./.test(code) ? Number.parseInt(code.slice(1), 16) : undefined;
}

/** The value of a Go string, raw string or character as it is written; a character is text as well. */
export function unquote(literal: string, at: Offset): string {
  if (literal.startsWith('`')) return literal.slice(1, -1);
  return literal.slice(1, -1).replace(ESCAPE, (whole, written: string, offset: number) => {
    const code = codePoint(written);
    const char = code === undefined ? SIMPLE[written] : code <= 0x10ffff && String.fromCodePoint(code);
    if (typeof char === 'string') return char;
    throw new TemplateProblem(at + 1 + offset, `${quote(whole)} is not an escape`);
  });
}
