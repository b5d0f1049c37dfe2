import { expect, test } from 'vitest';
import { fuzz } from '../support/fuzz/run.js';
import { FUZZ_TARGETS } from '../support/fuzz/targets.js';

/** The same cases every time: those of a longer search, `npm run fuzz`, come here by their seeds when they found something. */
const CASES = 400;

test.each(Object.keys(FUZZ_TARGETS))(
  '%s changed at random are taken or refused, in time',
  { timeout: 120_000 },
  async (target) => {
    const { cases, taken, finds } = await fuzz({ target, firstSeed: 1, goOn: (count) => count < CASES });
    expect(finds).toEqual([]);
    // Cases of which all or none are right try little.
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(cases);
  },
);
