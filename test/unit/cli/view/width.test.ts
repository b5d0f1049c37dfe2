import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { clip, clipMiddle, padded } from '../../../../src/cli/view/width.js';

const HOSTILE = [
  '日本語のテスト',
  '👩‍👩‍👧‍👦👩‍👩‍👧‍👦',
  `e${'\u0301'.repeat(5000)}`,
  '\u001b[2J\u001b[31mred\u0007\r\n',
  '\u202egnp.exe',
  '\ud800 lone',
  'ｆｕｌｌ ｗｉｄｔｈ',
  'plain '.repeat(500),
];

// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202e\u2028]/;

describe.each([
  ['clip', clip],
  ['clipMiddle', clipMiddle],
  ['padded', padded],
] as const)('%s', (_, cut) => {
  it.each(HOSTILE)('is never wider than asked, nor harmful: %j', (text) => {
    for (const columns of [0, 1, 2, 3, 5, 10, 79]) {
      const line = cut(text, columns);
      expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      expect(line).not.toMatch(CONTROL);
    }
  });
});

describe('cutting', () => {
  it('leaves what fits as it is', () => {
    expect([clip('日本', 4), clipMiddle('日本', 4)]).toEqual(['日本', '日本']);
  });

  it('never cuts a wide character in half', () => {
    expect([clip('日本語', 5), clip('日本語', 4), clip('日本語', 1)]).toEqual(['日本…', '日…', '…']);
  });

  it('keeps both ends when it leaves out the middle', () => {
    expect(clipMiddle('suite › job › case 12', 11)).toBe('suite…se 12');
    expect(clipMiddle(`a${'x'.repeat(10_000)}b`, 5)).toBe('ax…xb');
  });

  it('fills up to the width with blanks, wide characters counted as two', () => {
    expect([padded('日', 5), padded('abcdef', 3), padded('x', 0)]).toEqual(['日   ', 'a…f', '']);
  });
});
