import { describe, expect, test } from 'vitest';
import {
  ending,
  exited,
  killed,
  median,
  metric,
  publish,
  startAndWaitFor,
  useCell,
} from '../support/cell.js';
import { programJob } from '../support/programs.js';
import { scaledMs } from '../support/time-scale.js';

const cell = useCell();

const LIMIT_MS = 250;
const OVERSHOOT_MS = scaledMs(10);
const limits = { wallTime: LIMIT_MS, cpuTime: 'none' } as const;

test('just below the limit is ok', async () => {
  const outcome = await cell.program('sleep-for', [LIMIT_MS - 50], { limits });
  expect(ending(outcome)).toEqual(exited(0));
  expect(metric(outcome, 'wallMs')).toBeGreaterThanOrEqual(LIMIT_MS - 50);
  expect(metric(outcome, 'wallMs')).toBeLessThan(LIMIT_MS);
});

test('at the limit the status agrees with the figure', async () => {
  for (const distance of [3, 2, 1, 0, -1, -2, -3]) {
    const outcome = await cell.program('sleep-for', [LIMIT_MS - distance], { limits });
    const wallMs = metric(outcome, 'wallMs');
    if (outcome.status === 'ok') expect(wallMs).toBeLessThanOrEqual(LIMIT_MS);
    else {
      expect(outcome).toMatchObject({ status: 'wall-time-exceeded', killedBy: 'wall-time' });
      expect(wallMs).toBeGreaterThanOrEqual(LIMIT_MS);
    }
  }
});

test('far above the limit the message says the limit', async () => {
  const outcome = await cell.program('sleep-forever', [], { limits });
  expect(ending(outcome)).toEqual(killed('wall-time'));
  expect(outcome.verdict).toBe('failed');
  expect(outcome.message).toMatch(/250 ?ms/);
});

test('none is no limit', async () => {
  const outcome = await cell.program('sleep-for', [LIMIT_MS], { limits: { wallTime: 'none' } });
  expect(ending(outcome)).toEqual(exited(0));
});

test('a limit of one millisecond gives the right status, and whatever was printed', async () => {
  const outcome = await cell.program('sleep-forever', [], { limits: { wallTime: 1 } });
  expect(ending(outcome)).toEqual(killed('wall-time'));
});

test('holds while the event loop is blocked', async () => {
  const job = programJob('sleep-forever', [], { limits });
  const handle = await startAndWaitFor(cell.hotcell, job, 'ready');
  const started = process.hrtime.bigint();
  while (process.hrtime.bigint() - started < 3n * BigInt(LIMIT_MS) * 1_000_000n);
  const outcome = await handle.outcome;
  expect(ending(outcome)).toEqual(killed('wall-time'));
  expect(metric(outcome, 'wallMs') - LIMIT_MS).toBeLessThanOrEqual(2 * OVERSHOOT_MS);
});

describe('overshoot', () => {
  test.each([
    ['asleep', 'sleep-forever', []],
    ['spinning', 'spin', []],
    ['stopped', 'stop-self', []],
    ['deaf to signals', 'ignore-signals', []],
    ['twenty processes', 'hold-processes', [20, 'stay']],
    ['holding a disk of 200 MiB', 'fill-disk', ['/box', 200, 'stay']],
  ] as const)('of a program that is %s is at most 10 ms', async (title, program, args) => {
    const overshoots: number[] = [];
    for (let i = 0; i < 9; i++) {
      const outcome = await cell.program(program, args, { limits });
      expect(ending(outcome)).toEqual(killed('wall-time'));
      overshoots.push(metric(outcome, 'wallMs') - LIMIT_MS);
    }
    publish(`wall limit overshoot, ${title}`, [
      { 'median ms': median(overshoots), 'max ms': Math.max(...overshoots), runs: overshoots.length },
    ]);
    expect(Math.min(...overshoots)).toBeGreaterThanOrEqual(0);
    expect(median(overshoots)).toBeLessThanOrEqual(OVERSHOOT_MS);
  });
});
