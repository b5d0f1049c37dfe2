import { beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/spec/index.js';
import { ending, exited, killed, metric, useCell } from '../support/cell.js';
import { programJob } from '../support/programs.js';

const cell = useCell();

const MIB = 1024 ** 2;
const LIMIT_MIB = 64;
const limits = { memory: LIMIT_MIB * MIB, wallTime: '20s', disk: '512MiB' };

const allocate = async (program: string, ...args: (string | number)[]): Promise<Outcome> =>
  await cell.program(program, args, { limits });

/** The same program with nothing to allocate: what a process, its image and its copied file cost. */
let baselineMib = 0;

beforeAll(async () => {
  const outcome = await allocate('allocate-at-once', 0);
  expect(ending(outcome)).toEqual(exited(0));
  baselineMib = metric(outcome, 'memoryPeakBytes') / MIB;
  expect(baselineMib).toBeLessThan(8);
});

test('just below the limit is ok', async () => {
  const wanted = Math.floor(LIMIT_MIB - baselineMib - 1);
  const outcome = await allocate('allocate-at-once', wanted);
  expect(ending(outcome)).toEqual(exited(0));
  expect(metric(outcome, 'memoryPeakBytes')).toBeGreaterThanOrEqual((wanted - 1) * MIB);
  expect(metric(outcome, 'oomKills')).toBe(0);
});

test('at the limit the status agrees with the figure', async () => {
  // Its page tables and stack are memory as well, but the kernel counts in batches of 64 pages for each CPU.
  const outcome = await allocate('allocate-at-once', LIMIT_MIB);
  const peak = metric(outcome, 'memoryPeakBytes');
  expect(peak).toBeGreaterThan((LIMIT_MIB - 1) * MIB);
  expect(peak).toBeLessThanOrEqual(LIMIT_MIB * MIB);
  if (outcome.status === 'ok') expect(metric(outcome, 'oomKills')).toBe(0);
  else expect(ending(outcome)).toEqual(killed('memory'));
});

describe('above the limit', () => {
  test.each(
    [
      ['allocate-at-once', LIMIT_MIB + 1],
      ['allocate-at-once', 1024],
      ['allocate-slowly', LIMIT_MIB + 1],
      ['allocate-slowly', 1024],
      ['allocate-at-once', 13, 'children', 5],
      ['allocate-at-once', 64, 'children', 16],
      ['allocate-kernel-memory', 'memfd', 256],
      ['allocate-kernel-memory', 'shm', 256],
    ].map(([program, ...args]) => [String(program), args] as const),
  )('%s %j is killed', async (program, args) => {
    const outcome = await allocate(program, ...args);
    expect(ending(outcome)).toEqual(killed('memory'));
    expect(outcome.verdict).toBe('failed');
    expect(outcome.message).toMatch(/64 ?MiB/);
    expect(metric(outcome, 'oomKills')).toBeGreaterThanOrEqual(1);
    expect(metric(outcome, 'memoryPeakBytes')).toBeLessThanOrEqual(LIMIT_MIB * MIB);
    expect(metric(outcome, 'memoryPeakBytes')).toBeGreaterThan((LIMIT_MIB - 2) * MIB);
  });
});

test('one child that is killed for memory ends the run, whatever its parent makes of it', async () => {
  const { files } = programJob('allocate-at-once');
  const job = { command: ['/bin/sh', '-c', './allocate-at-once 512; exit 0'], files, limits };
  expect(ending(await cell.run(job))).toEqual(killed('memory'));
});

test('a file on the disk is memory too', async () => {
  const outcome = await cell.program('fill-disk', ['/tmp', 256], { limits });
  expect(ending(outcome)).toEqual(killed('memory'));
});

test('address space that is not used is not counted', async () => {
  const outcome = await cell.program('touch-memory', [1024, 'read'], { limits });
  expect(ending(outcome)).toEqual(exited(0));
});

test('a program that kills itself with SIGKILL was not killed for memory', async () => {
  const outcome = await cell.program('raise-signal', [9], { limits });
  expect(ending(outcome)).toMatchObject({ status: 'signaled', signal: 'SIGKILL', killedBy: 'signal' });
  expect(metric(outcome, 'oomKills')).toBe(0);
});

test('a kill leaves nothing for the next run in the same place', async () => {
  for (let i = 0; i < 4; i++) {
    expect(ending(await allocate('allocate-at-once', 512))).toEqual(killed('memory'));
    const after = await allocate('allocate-at-once', 0);
    expect(ending(after)).toEqual(exited(0));
    expect(metric(after, 'oomKills')).toBe(0);
    expect(metric(after, 'memoryPeakBytes') / MIB).toBeLessThan(baselineMib + 1);
  }
});

test('none is no limit', async () => {
  const outcome = await cell.program('allocate-at-once', [600], { limits: { memory: 'none' } });
  expect(ending(outcome)).toEqual(exited(0));
  expect(metric(outcome, 'memoryPeakBytes')).toBeGreaterThanOrEqual(599 * MIB);
});
