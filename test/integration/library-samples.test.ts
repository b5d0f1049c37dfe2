/** What a run uses while it is under way, as its caller sees it. */
import { describe, expect, test } from 'vitest';
import type { IsolationLevel, Outcome } from '../../src/spec/index.js';
import { ending, exited, metric, useCell } from '../support/cell.js';
import { programJob } from '../support/programs.js';

const cell = useCell();

const INTERVAL_MS = 20;

/** Holds 8 MiB more at each of six steps, and works for 30 ms of CPU time between them. */
const STEPS = `
import time
held = []
for step in range(6):
    held.append(b"x" * (8 << 20))
    until = time.process_time() + 0.03
    while time.process_time() < until: pass
`;

function seriesOf({ series }: Outcome) {
  if (series === null) throw new Error('no series');
  return series;
}

const rises = (values: readonly (number | null)[]): boolean =>
  values.every((value, index) => value !== null && value >= (values[index - 1] ?? 0));

const grow = async (isolation: IsolationLevel) =>
  await cell.run(
    { command: ['/usr/bin/python3', '-c', STEPS], isolation },
    { sampleIntervalMs: INTERVAL_MS },
  );

describe('samples', () => {
  test('follow time, CPU time and memory of the run alone', async () => {
    const outcome = await grow('full');
    expect(ending(outcome)).toEqual(exited(0));
    const { intervalMs, atMs, cpuMs, memoryBytes, pids } = seriesOf(outcome);
    expect(intervalMs).toBe(INTERVAL_MS);
    expect(atMs.length).toBeGreaterThan(2);
    expect(atMs[0]).toBeGreaterThanOrEqual(INTERVAL_MS);
    for (const list of [atMs, cpuMs]) expect(rises(list)).toBe(true);
    expect(atMs.at(-1)).toBeLessThanOrEqual(metric(outcome, 'wallMs'));
    expect(cpuMs.at(-1)).toBeLessThanOrEqual(metric(outcome, 'cpuMs'));
    const bytes = memoryBytes.map((value) => value ?? Number.NaN);
    expect(Math.max(...bytes)).toBeLessThanOrEqual(metric(outcome, 'memoryPeakBytes') + (1 << 20));
    // Three of its six steps at the least lie between the first look and the last.
    expect(Math.max(...bytes) - Math.min(...bytes)).toBeGreaterThan(24 << 20);
    expect(new Set(pids)).toEqual(new Set([1]));
  });

  test('count the processes that there are', async () => {
    const counts: (number | null)[] = [];
    const script = 'for i in 1 2 3 4 5; do sleep 0.5 & done; wait';
    await cell.run(
      { command: ['/bin/sh', '-c', script] },
      { sampleIntervalMs: INTERVAL_MS, onSample: ({ pids }) => void counts.push(pids) },
    );
    expect(Math.max(...counts.map((count) => count ?? -1))).toBe(6);
  });

  test.each<IsolationLevel>(['namespaces', 'chroot', 'none'])(
    'are of CPU time only with isolation %s, and the rest is null',
    async (isolation) => {
      const outcome = await grow(isolation);
      expect(ending(outcome)).toEqual(exited(0));
      const { atMs, cpuMs, memoryBytes, pids } = seriesOf(outcome);
      expect(atMs.length).toBeGreaterThan(2);
      expect(rises(cpuMs)).toBe(true);
      expect(new Set([...memoryBytes, ...pids])).toEqual(new Set([null]));
    },
  );

  test('are not taken unless asked for', async () => {
    let samples = 0;
    const outcome = await cell.hotcell.run(programJob('sleep-for', [100]), {
      onSample: () => void samples++,
    });
    expect([outcome.series, samples]).toEqual([null, 0]);
  });

  test('of a program that ends before the first are an empty series', async () => {
    const outcome = await cell.run(programJob('true'), { sampleIntervalMs: 60_000 });
    expect(outcome.series).toEqual({ intervalMs: 60_000, atMs: [], cpuMs: [], memoryBytes: [], pids: [] });
  });

  test.each([0, -1, 9.9, Number.NaN, Number.POSITIVE_INFINITY, 1e9])(
    'each %d ms are refused',
    async (sampleIntervalMs) => {
      await expect(cell.run(programJob('true'), { sampleIntervalMs })).rejects.toMatchObject({
        code: 'invalid-usage',
        message: expect.stringContaining('sampleIntervalMs'),
      });
    },
  );

  test('do not stretch a limit, nor stop when the output is not read', async () => {
    const samples: number[] = [];
    const outcome = await cell.run(
      programJob('spin', [], { limits: { cpuTime: '300ms', wallTime: '20s' } }),
      { sampleIntervalMs: 10, onSample: ({ atMs }) => void samples.push(atMs) },
    );
    expect(outcome.status).toBe('cpu-time-exceeded');
    expect(metric(outcome, 'cpuMs')).toBeLessThan(330);
    expect(samples.length).toBeGreaterThan(10);
  });

  test('of sixty runs at once belong to their own run', async () => {
    const outcomes = await Promise.all(
      Array.from(
        { length: 60 },
        async (_, index) =>
          await cell.hotcell.run(programJob('sleep-for', [100 + index]), { sampleIntervalMs: 10 }),
      ),
    );
    for (const outcome of outcomes) {
      expect(ending(outcome)).toEqual(exited(0));
      expect(rises(seriesOf(outcome).atMs)).toBe(true);
      expect(seriesOf(outcome).atMs.at(-1) ?? 0).toBeLessThanOrEqual(metric(outcome, 'wallMs'));
    }
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no room');
      },
    ],
    ['rejects', async () => await Promise.reject(new Error('no room'))],
  ])('whose callback %s end the run with that error', async (_, onSample) => {
    await expect(
      cell.run(programJob('sleep-forever'), { sampleIntervalMs: INTERVAL_MS, onSample }),
    ).rejects.toThrow('no room');
  });
});
