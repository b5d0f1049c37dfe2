import { describe, expect, it } from 'vitest';
import {
  brief,
  bytes,
  cut,
  decimal,
  duration,
  mibColumn,
  msColumn,
  percent,
} from '../../../../src/report/html/format.js';

const plain = (text: string): string => text.replaceAll('\u202f', ' ');

describe('figures of the HTML report', () => {
  it('says of what is not known, and of what is no number, that there is nothing', () => {
    for (const format of [duration, bytes, percent, msColumn, mibColumn]) {
      expect([format(null), format(Number.NaN), format(Number.POSITIVE_INFINITY)]).toEqual(['–', '–', '–']);
    }
  });

  it.each([
    [0, '0 ms'],
    [0.0004, '0.4 µs'],
    [0.912, '912 µs'],
    [0.9996, '1 ms'],
    [12.34, '12.3 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [59_949, '59.9 s'],
    [59_999, '1 min'],
    [90_000, '1 min 30 s'],
    [3_600_000, '1 h'],
    [360_000_000, '100 h'],
  ])('writes %d ms as %s', (ms, expected) => {
    expect(plain(duration(ms))).toBe(expected);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '0.977 KiB'],
    [405_504, '396 KiB'],
    [268_435_456, '256 MiB'],
    [2 ** 53, '8 192 TiB'],
  ])('writes %d bytes as %s', (value, expected) => {
    expect(plain(bytes(value))).toBe(expected);
  });

  it('groups thousands and keeps the decimals of a column', () => {
    expect(plain(decimal(1_234_567.891, 1))).toBe('1 234 567.9');
    expect(plain(decimal(999.96, 1))).toBe('1 000.0');
    expect(plain(decimal(-1234, 0))).toBe('-1 234');
    expect([3, 12.3456].map(msColumn)).toEqual(['3.0', '12.3']);
  });

  it('cuts between characters', () => {
    expect(cut('ab😀', 3)).toEqual({ head: 'ab', missing: 2 });
    expect(cut('ab', 2)).toEqual({ head: 'ab', missing: 0 });
    expect(brief('first\nsecond', 80)).toBe('first …');
    expect(brief('abcdef', 3)).toBe('abc …');
  });
});
