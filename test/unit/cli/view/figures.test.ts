import { describe, expect, it } from 'vitest';
import { colors } from '../../../../src/cli/color.js';
import { bar, paintOf } from '../../../../src/cli/view/bar.js';
import { shortBytes, shortTime } from '../../../../src/cli/view/figures.js';

describe('figures', () => {
  it.each([
    [0, '0ms'],
    [999.9, '999ms'],
    [1000, '1.0s'],
    [9999, '9.9s'],
    [59_999, '59s'],
    [65_000, '1m05s'],
    [3_599_999, '59m59s'],
    [7_500_000, '2h05m'],
    [360_000_000, '100h00m'],
  ])('%d ms is %s', (ms, text) => {
    expect(shortTime(ms)).toBe(text);
  });

  it.each([
    [0, '0B'],
    [1023, '1023B'],
    [1536, '1.5KiB'],
    [13_033_472, '12.4MiB'],
    [268_435_456, '256MiB'],
    [1_332_000_000, '1.24GiB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(shortBytes(bytes)).toBe(text);
  });
});

describe('a bar', () => {
  it.each([
    [0, '    '],
    [0.5, '██  '],
    [0.53, '██▏ '],
    [1, '████'],
    [7, '████'],
    [-1, '    '],
    [null, '····'],
    [Number.NaN, '····'],
    [Number.POSITIVE_INFINITY, '████'],
  ])('of %d is %j', (share, text) => {
    expect(bar(share, 4)).toBe(text);
  });

  it('is red near the limit', () => {
    const paint = colors(true);
    expect([0.1, 0.7, 0.9, null].map((share) => paintOf(share, paint)('x'))).toEqual([
      paint.green('x'),
      paint.yellow('x'),
      paint.red('x'),
      paint.dim('x'),
    ]);
  });
});
