import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MetricName, Outcome } from '../../src/spec/index.js';
import { ending, exited, median, metric, publish, useCell } from '../support/cell.js';

const cell = useCell();

const MIB = 1024 ** 2;
const REPEATS = 5;

async function measure(name: MetricName, run: () => Promise<Outcome>): Promise<number> {
  const figures: number[] = [];
  for (let i = 0; i < REPEATS; i++) {
    const outcome = await run();
    expect(ending(outcome)).toEqual(exited(0));
    figures.push(metric(outcome, name));
  }
  return median(figures);
}

describe('memory: N MiB touched are N MiB within 1 MiB above the baseline', () => {
  const limits = { memory: '768MiB' };
  const peakMib = async (mib: number, ...how: string[]): Promise<number> =>
    (await measure(
      'memoryPeakBytes',
      async () => await cell.program('touch-memory', [mib, ...how], { limits }),
    )) / MIB;

  test.each([1, 2, 4, 8, 16, 32, 64, 128, 256, 512])('%i MiB', async (mib) => {
    // Page tables are the program's memory too, 1 MiB of them for 512: reading makes them all and takes no page.
    const baseline = await peakMib(mib, 'read');
    const empty = await peakMib(0);
    const figure = await peakMib(mib);
    publish(`memory of ${mib} MiB`, [
      { 'above own baseline': figure - baseline, 'above N = 0': figure - empty },
    ]);
    expect(Math.abs(figure - baseline - mib)).toBeLessThanOrEqual(1);
    expect(figure - empty).toBeGreaterThanOrEqual(mib - 1);
    expect(figure - empty).toBeLessThanOrEqual(mib + mib / 512 + 1);
  });
});

describe('CPU: N ms burnt are N ms within 2 % or 2 ms', () => {
  const shapes = [
    ['one process', []],
    ['50 short children', ['children', 50]],
    ['4 threads', ['threads', 4]],
  ] as const;
  const rows = shapes.flatMap(([title, how]) => [20, 100, 500].map((ms) => [ms, title, how] as const));

  test.each(rows)('%i ms in %s', async (ms, title, how) => {
    const figure = await measure('cpuMs', async () => await cell.program('burn-cpu', [ms, ...how]));
    publish(`CPU of ${ms} ms in ${title}`, [{ reported: figure, 'off by %': ((figure - ms) / ms) * 100 }]);
    expect(Math.abs(figure - ms)).toBeLessThanOrEqual(Math.max(2, ms * 0.02));
  });

  test('user and system time add up to the total', async () => {
    // The kernel counts the parts by looking at each tick, and the total exactly: of three, one may have been looked at badly.
    const differences: number[] = [];
    const userMore: number[] = [];
    for (let run = 0; run < 3; run++) {
      const outcome = await cell.program('burn-cpu', [300]);
      const [user, system] = [metric(outcome, 'cpuUserMs'), metric(outcome, 'cpuSystemMs')];
      differences.push(Math.abs(user + system - metric(outcome, 'cpuMs')));
      userMore.push(user - system);
    }
    expect(median(differences)).toBeLessThan(30);
    expect(median(userMore)).toBeGreaterThan(0);
  });
});

describe('wall time', () => {
  test.each([20, 100, 300])('%i ms asleep are at least that and little more', async (ms) => {
    const figure = await measure('wallMs', async () => await cell.program('sleep-for', [ms]));
    publish(`wall time of ${ms} ms asleep`, [{ reported: figure }]);
    expect(figure).toBeGreaterThanOrEqual(ms);
    expect(figure).toBeLessThan(ms + 20);
  });
});

test('a figure is that of its own run, not of those before or beside it', async () => {
  const rows = [0, 64, 8, 200, 1, 0, 100];
  const alone = await measure('memoryPeakBytes', async () => await cell.program('touch-memory', [0]));
  const outcomes = await Promise.all(rows.map(async (mib) => await cell.program('touch-memory', [mib])));
  outcomes.forEach((outcome, index) => {
    const mib = (metric(outcome, 'memoryPeakBytes') - alone) / MIB;
    expect(Math.abs(mib - (rows[index] ?? 0))).toBeLessThanOrEqual(2);
  });
});

describe('a file of 100 MiB that is copied in', () => {
  const directory = mkdtempSync(join(tmpdir(), 'accuracy-'));
  const path = join(directory, 'big');
  const files = { big: { path } };

  beforeAll(() => writeFileSync(path, Buffer.alloc(100 * MIB, 1)));
  afterAll(() => rmSync(directory, { recursive: true }));

  test.each([
    ['ends by itself', 'sleep-for', [20], {}],
    ['is killed', 'sleep-forever', [], { wallTime: 100 }],
  ] as const)('costs a program that %s neither CPU nor wall time', async (_, name, args, limits) => {
    const outcome = await cell.program(name, args, { files, limits });
    publish(`with 100 MiB copied in, ${name}`, [
      {
        'CPU ms': metric(outcome, 'cpuMs'),
        'wall ms': metric(outcome, 'wallMs'),
        'set-up ms': metric(outcome, 'setupMs'),
      },
    ]);
    expect(metric(outcome, 'cpuMs')).toBeLessThan(5);
    expect(metric(outcome, 'wallMs')).toBeLessThan(name === 'sleep-for' ? 40 : 110);
    expect(metric(outcome, 'memoryPeakBytes')).toBeLessThan(8 * MIB);
  });
});
