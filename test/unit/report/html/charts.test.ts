import { describe, expect, it } from 'vitest';
import { gantt } from '../../../../src/report/html/charts/gantt.js';
import { histogram } from '../../../../src/report/html/charts/histogram.js';
import {
  byteTicks,
  decadeTicks,
  doublingTicks,
  durationTicks,
  niceTicks,
} from '../../../../src/report/html/charts/scale.js';
import { seriesCharts } from '../../../../src/report/html/charts/series.js';
import { Timeline } from '../../../../src/report/html/facts/timeline.js';
import { outcomeOf } from '../support.js';

const NO_LIMITS = { cpus: null, memoryBytes: null, pids: null };
const BEGIN = '2026-01-02T03:04:05.000Z';
const at = (ms: number): string => new Date(Date.parse(BEGIN) + ms).toISOString();
const histogramOf = (values: readonly number[], verdicts?: readonly number[]): string =>
  histogram({
    title: 'Wall time',
    values: Float64Array.from(values),
    verdicts: Uint8Array.from(verdicts ?? values.map(() => 3)),
    format: String,
    ticks: decadeTicks,
  }).text;

const countIn = (text: string, pattern: RegExp): number => (text.match(pattern) ?? []).length;

describe('scales', () => {
  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('has nothing but zero up to %d', (max) => {
    expect(niceTicks(max, 5)).toEqual([0]);
    expect(byteTicks(max, 5)).toEqual([0]);
    expect(durationTicks(max, 5)).toEqual([0]);
  });

  it('takes round steps, no more than asked for', () => {
    expect(niceTicks(10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(niceTicks(4321, 5)).toEqual([0, 1000, 2000, 3000, 4000]);
    expect(byteTicks(300, 2)).toEqual([0, 256]);
    expect(durationTicks(4700, 5)).toEqual([0, 1000, 2000, 3000, 4000]);
    expect(durationTicks(590_000, 5)).toEqual([0, 120_000, 240_000, 360_000, 480_000]);
    expect(durationTicks(1e12, 5).length).toBeLessThanOrEqual(6);
  });

  it('takes powers of ten or two within the range of a logarithmic axis', () => {
    expect(decadeTicks(2, 2000)).toEqual([10, 100, 1000]);
    expect(decadeTicks(3, 30)).toEqual([5, 10, 20]);
    expect(decadeTicks(1e-9, 1e9).length).toBeLessThanOrEqual(4);
    expect(doublingTicks(3, 40)).toEqual([4, 8, 16, 32]);
    expect(doublingTicks(5, 6)).toEqual([]);
  });
});

describe('histogram', () => {
  it.each([
    ['nothing', []],
    ['zeros', [0, 0]],
  ])('draws none of %s', (_, values) => {
    expect(histogramOf(values)).toBe('');
  });

  it('draws one column for one value, and never a figure that is not a number', () => {
    for (const values of [[5], [5, 5, 5], [1e-6, 1e12], [Number.MIN_VALUE, Number.MAX_VALUE]]) {
      expect(histogramOf(values)).not.toMatch(/NaN|Infinity/);
    }
    expect(countIn(histogramOf([5]), /<rect/g)).toBe(1);
  });

  it('counts every value once and gives exact quantiles', () => {
    const text = histogramOf(Array.from({ length: 1000 }, (_, index) => index));
    const counted = [...text.matchAll(/: (\d+) runs?<\/title>/g)].map(([, number]) => Number(number));
    expect(counted.reduce((sum, number) => sum + number, 0)).toBe(1000);
    expect(text).toContain('<dt>least</dt><dd>0</dd>');
    expect(text).toContain('<dt>median</dt><dd>499</dd>');
    expect(text).toContain('<dt>95th percentile</dt><dd>949</dd>');
    expect(text).toContain('<dt>most</dt><dd>999</dd>');
  });

  it('tells what failed from what passed in the same column', () => {
    const text = histogramOf([5, 5], [0, 3]);
    expect(text).toMatch(/<rect class="failed".*<rect class="passed"/);
  });
});

describe('timeline', () => {
  const timelineOf = (
    bars: readonly (readonly [worker: number | null, from: number, to: number])[],
  ): Timeline => {
    const timeline = new Timeline(BEGIN);
    for (const [index, [worker, from, to]] of bars.entries())
      timeline.add(index, outcomeOf({ worker, startedAt: at(from), finishedAt: at(to) }));
    return timeline;
  };

  it('leaves out what never ran, and what ends before it begins', () => {
    const timeline = timelineOf([[0, 10, 5]]);
    timeline.add(1, outcomeOf({ verdict: 'skipped', status: 'cancelled' }));
    timeline.add(2, outcomeOf({ startedAt: 'never', finishedAt: 'never' }));
    expect(timeline.length).toBe(0);
    expect(gantt(timeline.lanes(), 100).text).toBe('');
  });

  it('keeps what began before the run on the page', () => {
    const [lane] = timelineOf([[0, -50, 20]]).lanes();
    expect(lane?.rows[0]?.[0]).toMatchObject({ startMs: 0, endMs: 20 });
  });

  it('has a lane for each worker, in their order, and rows for what ran at the same time', () => {
    const lanes = timelineOf([
      [1, 0, 10],
      [0, 0, 100],
      [0, 50, 80],
      [0, 120, 130],
      [null, 5, 6],
    ]).lanes();
    expect(lanes.map(({ worker }) => worker)).toEqual([null, 0, 1]);
    expect(lanes[1]?.rows.map((row) => row.map(({ index }) => index))).toEqual([[1, 3], [2]]);
    expect(lanes[1]?.busyMs).toBe(110);
  });

  it('bounds the rows of a worker', () => {
    const [lane] = timelineOf(Array.from({ length: 50 }, () => [0, 0, 100] as const)).lanes();
    expect(lane?.rows).toHaveLength(6);
    expect(lane?.rows.reduce((sum, row) => sum + row.length, 0)).toBe(50);
  });

  it('joins bars that nobody could tell apart once there are many, and no others', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => [0, index, index + 1] as const);
    const text = gantt(timelineOf(many).lanes(), 20_000).text;
    expect(countIn(text, /<rect/g)).toBeLessThan(10);
    expect(text).toContain('busy 100\u202f% of the time');
    const few = gantt(timelineOf(many.slice(0, 1000)).lanes(), 1000).text;
    expect(countIn(few, /<rect[^>]* data-go="/g)).toBe(1000);
  });
});

describe('series', () => {
  const series = (over: object): Parameters<typeof seriesCharts>[0] => ({
    intervalMs: 50,
    atMs: [0, 50, 100],
    cpuMs: [null, null, null],
    memoryBytes: [null, null, null],
    pids: [null, null, null],
    ...over,
  });

  it('draws nothing of nothing, nor of a single sample', () => {
    expect(seriesCharts(series({}), NO_LIMITS).text).toBe('');
    expect(seriesCharts(series({ atMs: [], cpuMs: [], memoryBytes: [], pids: [] }), NO_LIMITS).text).toBe('');
    expect(seriesCharts(series({ pids: [null, 3, null] }), NO_LIMITS).text).toBe('');
  });

  it('draws zeros and gaps without a figure that is not a number', () => {
    const text = seriesCharts(series({ cpuMs: [0, 0, 0], memoryBytes: [0, null, 7] }), NO_LIMITS).text;
    expect(countIn(text, /<figure/g)).toBe(2);
    expect(text).not.toMatch(/NaN|Infinity/);
  });

  it('turns CPU time into cores in use', () => {
    const text = seriesCharts(series({ cpuMs: [0, 50, 150] }), NO_LIMITS).text;
    expect(text).toContain('highest 2');
  });

  it('shows a limit that is near, and not one that is far', () => {
    const memory = { memoryBytes: [100, 200, 300] };
    expect(seriesCharts(series(memory), { ...NO_LIMITS, memoryBytes: 400 }).text).toContain('class="limit"');
    expect(seriesCharts(series(memory), { ...NO_LIMITS, memoryBytes: 4000 }).text).not.toContain(
      'class="limit"',
    );
  });

  it('keeps peaks when there are more samples than a page has room for', () => {
    const samples = Array.from({ length: 4096 }, (_, index) => index);
    const text = seriesCharts(
      {
        ...series({}),
        atMs: samples,
        cpuMs: [],
        memoryBytes: samples.map((index) => (index === 2049 ? 1e6 : 1)),
        pids: [],
      },
      NO_LIMITS,
    ).text;
    expect(text).toContain('highest 977\u202fKiB');
    expect(text.length).toBeLessThan(20_000);
  });
});
