import { describe, expect, test } from 'vitest';
import type { CompareMode } from '../../../src/spec/index.js';
import { type Bytes, difference } from './support.js';

const shown = async (expected: Bytes, actual: Bytes, compare: CompareMode = 'exact'): Promise<string[]> =>
  ((await difference(expected, actual, { compare }))?.text ?? '').split('\n');

describe('a difference is shown', () => {
  test('with the lines before it, both sides, and a mark below', async () => {
    expect(await shown('1\n2\n3\nfour and five\n6\n', '1\n2\n3\nfour or five\n6\n')).toEqual([
      'stdout differs at line 4, column 6 (- expected, + written; compared by exact)',
      '  2 | 2',
      '  3 | 3',
      '- 4 | four and five',
      '+ 4 | four or five',
      '           ^',
    ]);
  });

  test('with the ends of lines where they matter', async () => {
    expect((await shown('a\n', 'a')).slice(1, 3)).toEqual(['- 1 | a⏎', '+ 1 | a⟨end⟩']);
    expect((await shown('a\nb\n', 'a\n')).slice(2, 4)).toEqual(['- 2 | b⏎', '+ 2 | ⟨end⟩']);
    expect((await shown('a\n', 'a\r\n')).slice(1, 3)).toEqual(['- 1 | a⏎', '+ 1 | a␍⏎']);
  });

  test('with everything that is not seen by itself', async () => {
    const invisible = 'x\t y \0\u001b[31m\u202e\ufeff\u00a0\u200b\u2028 \t ';
    expect((await shown('x', invisible))[2]).toBe(
      '+ 1 | x→ y ␀\\u{1b}[31m\\u{202e}\\u{feff}\\u{a0}\\u{200b}\\u{2028}·→·⟨end⟩',
    );
  });

  test('byte by byte where it is no UTF-8', async () => {
    const bytes = Uint8Array.of(0x61, 0xff, 0xc3, 0xa9, 0xc3, 0xed, 0xa0, 0x80, 0x62);
    expect((await shown('', bytes))[2]).toBe('+ 1 | a\\xffé\\xc3\\xed\\xa0\\x80b⟨end⟩');
  });

  test('in ASCII where both sides look the same', async () => {
    expect((await shown('\u00e9\n', 'e\u0301\n')).slice(1, 3)).toEqual([
      '- 1 | \\u{e9}⏎',
      '+ 1 | e\\u{301}⏎',
    ]);
    expect((await shown('\ufb01', 'fi')).slice(1, 3)).toEqual(['- 1 | \\u{fb01}⟨end⟩', '+ 1 | fi⟨end⟩']);
  });

  test('with the mark below wide characters, too', async () => {
    expect((await shown('漢字x', '漢字y')).slice(1)).toEqual(['- 1 | 漢字x', '+ 1 | 漢字y', '          ^']);
  });

  test('as the place only, in lines of any length', async () => {
    const [before, after] = ['ä'.repeat(100_000), '😀'.repeat(100_000)];
    const lines = await shown(`${before}1${after}`, `${before}2${after}`);
    expect(lines[0]).toContain('line 1, column 100001');
    expect(lines[1]).toMatch(/^- 1 \| …ä{40,60}1(😀){20,60}…$/u);
    expect(lines[2]).toMatch(/^\+ 1 \| …ä{40,60}2(😀){20,60}…$/u);
    expect(lines[3]?.length).toBe(lines[2]?.indexOf('2') === undefined ? -1 : lines[2].indexOf('2', 3) + 1);
  });

  test('with the number of the word', async () => {
    expect((await shown('1 2 3', '1\n2 4', 'tokens'))[0]).toContain('line 2, column 3: word 3 (');
    expect((await shown('1 2 3', '1\n2', 'tokens'))[0]).toContain('line 2, column 2: word 3 is missing (');
    expect((await shown('1 2', '1\n2 3', 'tokens'))[0]).toContain(
      'line 2, column 3: word 3 is one too many (',
    );
  });

  test('with the line numbers of either side', async () => {
    expect(await shown('\n\n\na\nb', 'a\nc', 'trim')).toEqual([
      'stdout differs at line 2, column 1 (- expected, + written; compared by trim)',
      '  1 | a',
      '- 5 | b',
      '+ 2 | c',
      '      ^',
    ]);
  });
});
