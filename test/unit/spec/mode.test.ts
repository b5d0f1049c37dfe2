import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { parseMode } from '../../../src/spec/index.js';
import { problemsOf } from './support.js';

describe('parseMode', () => {
  test.each([
    ['755', 0o755],
    ['0755', 0o755],
    ['0o755', 0o755],
    ['0', 0],
    [0o644, 0o644],
    [0, 0],
  ])('reads %j', (value, mode) => {
    expect(parseMode(value)).toBe(mode);
  });

  test.each([
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

  test('knows a decimal number that was meant as octal', () => {
    expect(problemsOf(() => parseMode(755))).toEqual([
      '755 is not a mode; use octal text from "0" to "0777"; did you mean "0755"?',
    ]);
    expect(problemsOf(() => parseMode(999))).toEqual([
      '999 is not a mode; use octal text from "0" to "0777"',
    ]);
  });

  test.prop([fc.integer({ min: 0, max: 0o777 })])('reads back what is written', (mode) => {
    expect(parseMode(mode.toString(8))).toBe(mode);
    expect(parseMode(`0${mode.toString(8)}`)).toBe(mode);
    expect(parseMode(mode)).toBe(mode);
  });
});
