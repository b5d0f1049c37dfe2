/** Reports that a thread of their own writes. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createReporter, createThreadedReporters } from '../../src/engine/index.js';
import type { ReportStart, Summary } from '../../src/report/index.js';
import { exampleOutcome } from '../unit/spec/example-outcome.js';

const host = {
  hostname: 'h',
  kernel: '6',
  cpuModel: 'm',
  cpuCount: 2,
  memoryBytes: 1,
  swapBytes: 0,
  load: null,
  governor: null,
  smt: null,
  pressure: { cpu: null, memory: null, io: null },
  stealMs: null,
  throttledMs: null,
};
const startedAt = '2026-01-02T03:04:05.678Z';
const COUNT = 500;
const start: ReportStart = {
  id: 'r',
  version: '0',
  startedAt,
  host,
  total: COUNT,
  suites: ['s'],
  workers: 1,
};
const summary: Summary = {
  id: 'r',
  startedAt,
  finishedAt: startedAt,
  wallMs: 1,
  verdicts: { passed: COUNT, failed: 0, error: 0, skipped: 0 },
  total: COUNT,
  points: null,
  failedBuilds: 0,
  flaky: [],
  stopped: null,
  ok: true,
  host,
};

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hotcell-reports-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

test('are the same as those of this thread', async () => {
  const names = ['json', 'junit', 'csv'] as const;
  const specs = (where: string) => names.map((name) => ({ name, file: join(directory, where, name) }));
  const threaded = createThreadedReporters(specs('thread'));
  const here = specs('here').map(({ name, file }) => createReporter(name, { file }));
  for (const reporter of [threaded, ...here]) {
    await reporter.onStart?.(start);
    for (let index = 0; index < COUNT; index++)
      await reporter.onOutcome({ ...exampleOutcome, id: `o${index}` });
    await reporter.onEnd?.(summary);
  }
  for (const name of names) {
    expect(readFileSync(join(directory, 'thread', name), 'utf8')).toBe(
      readFileSync(join(directory, 'here', name), 'utf8'),
    );
  }
});

test('none begins when one cannot', async () => {
  mkdirSync(join(directory, 'taken'));
  const place = join(directory, 'none');
  const reporter = createThreadedReporters([
    { name: 'json', file: join(place, 'a') },
    { name: 'junit', file: join(directory, 'taken') },
  ]);
  await expect(reporter.onStart?.(start)).rejects.toMatchObject({ code: 'io' });
  expect(readdirSync(place)).toEqual([]);
});

test('leave nothing when the run breaks off', async () => {
  const place = join(directory, 'broken');
  const reporter = createThreadedReporters([{ name: 'json', file: join(place, 'a') }]);
  await reporter.onStart?.(start);
  await reporter.onOutcome(exampleOutcome);
  await reporter.onAbort?.();
  expect(readdirSync(place)).toEqual([]);
  await expect(reporter.onEnd?.(summary)).rejects.toThrow('is gone');
});

test('go on when one of them can no longer be written', async () => {
  const good = join(directory, 'good');
  const reporter = createThreadedReporters([
    { name: 'jsonl', file: '/dev/full' },
    { name: 'csv', file: good },
  ]);
  await reporter.onStart?.(start);
  for (let index = 0; index < COUNT; index++) await reporter.onOutcome(exampleOutcome);
  await expect(reporter.onEnd?.(summary)).rejects.toMatchObject({ code: 'io' });
  expect(readFileSync(good, 'utf8').trimEnd().split('\n').length).toBeGreaterThanOrEqual(COUNT);
});
