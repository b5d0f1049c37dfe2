import { invalidSpec, quote } from '../core/index.js';

/** Characters that break a line, a terminal or a report: controls, line separators, and what reverses text. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u{202a}-\u{202e}\u{2066}-\u{2069}]/u;
const EVERY_UNSAFE = new RegExp(UNSAFE, 'gu');

/** Half of a surrogate pair: it has no UTF-8 form, so writing it would silently change the text. */
const LONE_SURROGATE = /\p{Cs}/u;

const describe = (char: string): string => {
  if (char === '\0') return 'a NUL character';
  if (char === '\n') return 'a newline';
  return `the character U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
};

/** @throws HotcellError `invalid-spec` when the text has no UTF-8 form. Does not repeat the text, which may be a secret. */
export function checkEncodable(text: string): void {
  if (LONE_SURROGATE.test(text))
    throw invalidSpec('contains half of a surrogate pair, which has no UTF-8 form');
}

/** @throws HotcellError `invalid-spec` for text that cannot be a C string. Does not repeat the text. */
export function checkCString(text: string): void {
  if (text.includes('\0')) throw invalidSpec('contains a NUL character, where the text would end');
  checkEncodable(text);
}

/** @throws HotcellError `invalid-spec` unless the text is one line of 1 to `max` printable characters. */
export function checkLine(text: string, max: number): void {
  if (text.trim() === '') throw invalidSpec(`${quote(text)} is empty; use 1 to ${max} characters`);
  if (text.length > max) throw invalidSpec(`${quote(text)} is too long; at most ${max} characters`);
  const bad = UNSAFE.exec(text);
  if (bad !== null)
    throw invalidSpec(`${quote(text)} contains ${describe(bad[0])}; use printable characters only`);
  checkEncodable(text);
}

/** The text with "?" for every character that {@link checkLine} refuses. */
export const printable = (text: string): string => text.replace(EVERY_UNSAFE, '?');
