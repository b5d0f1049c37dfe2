import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMode } from '../../../src/spec/index.js';
import { problemsOf } from './support.js';

describe('parseMode', () => {
  it.each([
    ['755', 0o755],
    ['0755', 0o755],
    ['0o755', 0o755],
    ['0', 0],
    [0o644, 0o644],
    [0, 0],
  ])('reads %j', (value, mode) => {
    expect(parseMode(value)).toBe(mode);
  });

  it.each([
    '',
    ' 755',
    '755 ',
    '+755',
    '-1',
    '0x1ff',
    '8',
    '4755',
    '1777',
    '00000755',
    'rwxr-xr-x',
    -1,
    1.5,
    Number.NaN,
    0o1000,
  ])('refuses %j', (value) => {
    expect(problemsOf(() => parseMode(value))).toHaveLength(1);
  });

  it('knows a decimal number that was meant as octal', () => {
    expect(problemsOf(() => parseMode(755))).toEqual([
      '755 is not a mode; use octal text from "0" to "0777"; did you mean "0755"?',
    ]);
    expect(problemsOf(() => parseMode(999))).toEqual([
      '999 is not a mode; use octal text from "0" to "0777"',
    ]);
  });

  it('reads back what is written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0o777 }), (mode) => {
        expect(parseMode(mode.toString(8))).toBe(mode);
        expect(parseMode(`0${mode.toString(8)}`)).toBe(mode);
        expect(parseMode(mode)).toBe(mode);
      }),
    );
  });
});
