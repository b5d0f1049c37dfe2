import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from '../../../src/report/figures/histogram.js';
import { limitUses } from '../../../src/report/figures/limit-use.js';
import { Tally } from '../../../src/report/figures/tally.js';
import { Top } from '../../../src/report/figures/top.js';
import { usesOf } from '../../../src/report/html/facts/limits.js';
import type { Outcome } from '../../../src/spec/index.js';
import { outcomeOf, skipped, written } from './support.js';

describe('the use of limits', () => {
  it('has none of the output of what never ran', () => {
    const ran = outcomeOf({ stdout: written('12345') });
    const notRun = skipped({ metrics: { ...ran.metrics, wallMs: null } });
    const names = (outcome: Outcome): string[] => limitUses(outcome).map(({ name }) => name);
    expect(names(ran)).toContain('output');
    expect(names(notRun)).not.toContain('output');
    expect(usesOf(notRun).find(({ name }) => name === 'output')?.share).toBeNull();
    expect(usesOf(ran).find(({ name }) => name === 'output')?.used).toBe(5);
  });
});

describe('bounded figures', () => {
  it('keep the highest in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (values) => {
        const top = new Top<number>(3);
        for (const value of values) top.add(value, value);
        expect(top.items).toEqual([...values].sort((a, b) => b - a).slice(0, 3));
      }),
    );
  });

  it('give quantiles within 4.5 percent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-3, max: 1e12, noNaN: true }), { minLength: 1 }),
        fc.constantFrom(0.01, 0.5, 0.95, 1),
        (values, share) => {
          const histogram = new Histogram();
          for (const value of values) histogram.add(value);
          const exact = [...values].sort((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? 0;
          expect(Math.abs(histogram.quantile(share) / exact - 1)).toBeLessThan(0.045);
          expect(histogram.quantile(share)).toBeLessThanOrEqual(histogram.max);
        },
      ),
    );
    expect(new Histogram().quantile(0.5)).toBe(0);
  });

  it('count what no longer has a place together', () => {
    const tally = new Tally(2);
    for (const text of ['a', 'b', 'c', 'b', 'd']) tally.add(text);
    expect([tally.entries, tally.others]).toEqual([
      [
        ['b', 2],
        ['a', 1],
      ],
      2,
    ]);
  });
});
