import { describe, expect, test } from 'vitest';
import { ending, exited, metric, printed, useCell } from '../support/cell.js';

const cell = useCell();

const LIMIT = 16;
const limits = { pids: LIMIT };

describe.each([
  ['processes', []],
  ['threads', ['threads']],
] as const)('%s', (_, kind) => {
  test('just below the limit and at it is ok, with not one refused', async () => {
    for (const wanted of [1, LIMIT - 1, LIMIT]) {
      const outcome = await cell.program('hold-processes', [wanted, ...kind], { limits });
      expect(ending(outcome)).toEqual(exited(0));
      expect(printed(outcome, 'got')).toBe(wanted);
      expect(metric(outcome, 'pidsLimitHits')).toBe(0);
    }
  });

  test('one above the limit is refused', async () => {
    const outcome = await cell.program('hold-processes', [LIMIT + 1, ...kind], { limits });
    expect(ending(outcome)).toEqual(exited(1));
    expect(printed(outcome, 'got')).toBe(LIMIT);
    expect(metric(outcome, 'pidsLimitHits')).toBe(1);
  });

  test('far above the limit gets exactly the limit', async () => {
    const outcome = await cell.program('hold-processes', [1000, ...kind], { limits });
    expect(ending(outcome)).toEqual(exited(1));
    expect(printed(outcome, 'got')).toBe(LIMIT);
    expect(metric(outcome, 'pidsPeak')).toBeLessThanOrEqual(LIMIT);
  });
});

test('a limit of one lets the program run and nothing else', async () => {
  const outcome = await cell.program('hold-processes', [2], { limits: { pids: 1 } });
  expect(ending(outcome)).toEqual(exited(1));
  expect(printed(outcome, 'got')).toBe(1);
});

test('the peak is that of the program, and not of what runs it', async () => {
  const alone = await cell.program('sleep-for', [50]);
  expect(metric(alone, 'pidsPeak')).toBe(1);
  const many = await cell.program('hold-processes', [12]);
  expect(metric(many, 'pidsPeak')).toBeLessThanOrEqual(12);
});

test('every run has the whole limit for itself, 8 at a time', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 8 }, async () => await cell.program('hold-processes', [LIMIT], { limits })),
  );
  expect(outcomes.map(ending)).toEqual(outcomes.map(() => exited(0)));
});

test('hits are counted anew in each run', async () => {
  for (let i = 0; i < 4; i++) {
    const outcome = await cell.program('hold-processes', [LIMIT + 1], { limits });
    expect(metric(outcome, 'pidsLimitHits')).toBe(1);
  }
  expect(metric(await cell.program('exit-with', [0], { limits }), 'pidsLimitHits')).toBe(0);
});
