import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/spec/index.js';
import { ending, exited, killed, median, metric, publish, useCell } from '../support/cell.js';
import { scaledMs } from '../support/time-scale.js';

const cell = useCell();

const LIMIT_MS = 300;
const OVERSHOOT_MS = scaledMs(20);
const limits = { cpuTime: LIMIT_MS };

const burn = async (milliseconds: number): Promise<Outcome> =>
  await cell.program('burn-cpu', [milliseconds], { limits });

test('just below the limit is ok', async () => {
  const outcome = await burn(LIMIT_MS - 20);
  expect(ending(outcome)).toEqual(exited(0));
  expect(metric(outcome, 'cpuMs')).toBeGreaterThanOrEqual(LIMIT_MS - 20);
  expect(metric(outcome, 'cpuMs')).toBeLessThan(LIMIT_MS);
});

test('at the limit the status agrees with the figure', async () => {
  // Making and ending a process costs CPU too, so all of these are within a hair of the limit on either side.
  const outcomes = [];
  for (const distance of [3, 2, 1, 0, 0, -1, -2, -3]) outcomes.push(await burn(LIMIT_MS - distance));
  for (const outcome of outcomes) {
    const cpuMs = metric(outcome, 'cpuMs');
    if (outcome.status === 'ok') expect(cpuMs).toBeLessThanOrEqual(LIMIT_MS);
    else {
      expect(outcome).toMatchObject({ status: 'cpu-time-exceeded', killedBy: 'cpu-time' });
      expect(cpuMs).toBeGreaterThanOrEqual(LIMIT_MS);
    }
  }
});

test('far above the limit the message says the limit and the measured value', async () => {
  const outcome = await burn(10 * LIMIT_MS);
  expect(ending(outcome)).toEqual(killed('cpu-time'));
  expect(outcome.verdict).toBe('failed');
  expect(outcome.message).toMatch(/300 ?ms/);
});

test('none is no limit', async () => {
  const outcome = await cell.program('burn-cpu', [LIMIT_MS], { limits: { cpuTime: 'none' } });
  expect(ending(outcome)).toEqual(exited(0));
});

test('sleeping does not count', async () => {
  const outcome = await cell.program('sleep-for', [2 * LIMIT_MS], { limits: { cpuTime: LIMIT_MS / 2 } });
  expect(ending(outcome)).toEqual(exited(0));
});

test('a limit of a few milliseconds holds', async () => {
  const outcome = await cell.program('spin', [], { limits: { cpuTime: 5 } });
  expect(ending(outcome)).toEqual(killed('cpu-time'));
  expect(metric(outcome, 'cpuMs')).toBeGreaterThanOrEqual(5);
});

describe('overshoot', () => {
  test.each([
    ['one process', 'spin', []],
    ['two threads', 'spin-in-threads', [2]],
    ['eight children', 'spin-in-children', [8]],
    ['short children', 'spin-in-short-children', [3]],
    ['deaf to signals', 'ignore-signals', ['spin']],
  ] as const)('of %s is at most 20 ms of CPU', async (title, program, args) => {
    const overshoots: number[] = [];
    for (let i = 0; i < 9; i++) {
      const outcome = await cell.program(program, args, { limits });
      expect(ending(outcome)).toEqual(killed('cpu-time'));
      overshoots.push(metric(outcome, 'cpuMs') - LIMIT_MS);
    }
    publish(`CPU limit overshoot, ${title}`, [
      { 'median ms': median(overshoots), 'max ms': Math.max(...overshoots), runs: overshoots.length },
    ]);
    expect(Math.min(...overshoots)).toBeGreaterThanOrEqual(0);
    expect(median(overshoots)).toBeLessThanOrEqual(OVERSHOOT_MS);
  });

  test('is no larger with 8 runs at a time', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, async () => await cell.program('spin', [], { limits })),
    );
    const overshoots = outcomes.map((outcome) => metric(outcome, 'cpuMs') - LIMIT_MS);
    publish('CPU limit overshoot, 8 runs at a time', [
      { 'median ms': median(overshoots), 'max ms': Math.max(...overshoots) },
    ]);
    expect(outcomes.map(ending)).toEqual(outcomes.map(() => killed('cpu-time')));
    expect(median(overshoots)).toBeLessThanOrEqual(OVERSHOOT_MS);
  });
});
