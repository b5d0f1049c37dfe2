import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { discoveryThreshold, mannWhitneyP } from '../../../src/report/diff/statistics.js';

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('the Mann-Whitney test', () => {
  // Up to 20 values counted by hand over all combinations, else from the textbook's formula with another erfc.
  it.each([
    [range(1, 5), range(6, 10), 2 / 252],
    [[1, 2, 3], [4, 5, 6], 0.1],
    [[1, 3, 5, 7], [2, 4, 6, 8], 0.685714],
    [range(1, 15), range(8, 22), 0.000896],
    [[...range(1, 10), 5, 5], [...range(3, 12), 5, 9], 0.123547],
    [[1, 2, 2, 5, 9], [2, 5, 7, 7, 8], 0.373016],
    [[1, 1, 1], [1, 1, 1], 1],
    [[], [1], 1],
  ])('gives for %j and %j %d', (a, b, p) => {
    expect(mannWhitneyP(a, b)).toBeCloseTo(p, 4);
    expect(mannWhitneyP(b, a)).toBeCloseTo(p, 4);
  });

  it('is a probability, whatever the samples', () => {
    const sample = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { maxLength: 40 });
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const p = mannWhitneyP(a, b);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1 + 1e-6);
      }),
    );
  });
});

describe('false discoveries', () => {
  it('are held down by the number of cases looked at', () => {
    expect(discoveryThreshold([0.01, 0.02, 0.03, 0.04, 0.2], 0.05)).toBe(0.04);
    expect(discoveryThreshold([0.04, ...Array.from({ length: 99 }, () => 0.5)], 0.05)).toBe(0);
    expect(discoveryThreshold([], 0.05)).toBe(0);
  });
});
