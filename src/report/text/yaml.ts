import { safeLines } from './show.js';

/** The two noncharacters that YAML 1.2 does not count as printable and that are no control characters. */
const UNPRINTABLE = /[\ufffe\uffff]/g;

const shown = (text: string): string =>
  safeLines(text).replace(UNPRINTABLE, (char) => `\\u{${char.charCodeAt(0).toString(16)}}`);

/**
 * Lines as they are, for people: what ends without a new line gets one, and empty lines at the end are lost. Perl's harness
 * knows no other form of a block than this, nor empty lines in it that are not indented.
 */
const block = (text: string, indent: string): string =>
  `|\n${text
    .trimEnd()
    .split('\n')
    .map((line) => `${indent}  ${line}`)
    .join('\n')}`;

/** The first line of a block says how far all of them are indented, so it may not begin with a blank of its own. */
const isBlock = (text: string): boolean => /^\S.*\n/.test(text);

/** One `key: value` of a mapping that is indented by `indent`; control characters are shown. */
export function yamlEntry(key: string, value: string | number | boolean, indent: string): string {
  if (typeof value !== 'string') return `${indent}${key}: ${value}\n`;
  const text = shown(value);
  return `${indent}${key}: ${isBlock(text) ? block(text, indent) : JSON.stringify(text)}\n`;
}
