/** The limits that no cgroup holds: init looks at its processes, and the kernel counts those of an id. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readHost } from '../../src/sandbox/index.js';
import { ending, exited, killed, metric, text, useCell } from '../support/cell.js';

const cell = useCell();
const directory = mkdtempSync(join(tmpdir(), 'rootless-limits-'));
afterAll(() => rmSync(directory, { recursive: true }));
const MIB = 1024 ** 2;
const python = (script: string, limits: Record<string, unknown>) => ({
  command: ['python3', '-c', script],
  limits,
});

test('this host gives these tests no cgroup', () => {
  expect(readHost()).toMatchObject({ tier: 'T3', cgroups: [] });
});

describe('memory', () => {
  const limits = { memory: '64MiB', wallTime: '20s' };

  test.each([
    ['at once', 'allocate-at-once', [512]],
    ['page by page', 'allocate-slowly', [512]],
    ['in many processes', 'allocate-at-once', [24, 'children', 8]],
    ['that is shared', 'allocate-kernel-memory', ['shm', 256]],
  ])('%s above the limit is the end, soon', async (_, name, args) => {
    const outcome = await cell.program(name, args, { limits });
    expect(ending(outcome)).toEqual(killed('memory'));
    // What can be written in the time between two looks.
    expect(metric(outcome, 'memoryPeakBytes')).toBeLessThan(256 * MIB);
    expect(metric(outcome, 'oomKills')).toBe(1);
  });

  test('in files is memory too', async () => {
    const outcome = await cell.program('fill-disk', ['/tmp', 256], { limits: { ...limits, disk: '512MiB' } });
    expect(ending(outcome)).toEqual(killed('memory'));
  });

  test.each(['1000:1000', '0:0'])(
    'above the limit does not stay unseen by keeping init from looking (user %s)',
    async (user) => {
      const hide = `
import resource, time
try: resource.prlimit(1, resource.RLIMIT_NOFILE, (0, 0))
except OSError: pass
held = bytearray(512 << 20)
time.sleep(10)`;
      const outcome = await cell.run({ ...python(hide, limits), user });
      expect(['memory-exceeded', 'internal-error']).toContain(outcome.status);
      expect(metric(outcome, 'wallMs')).toBeLessThan(8000);
    },
  );

  test('that was copied in before it began is not its own', async () => {
    const bytes = Buffer.alloc(100 * MIB, 1);
    const path = join(directory, 'big');
    writeFileSync(path, bytes);
    const outcome = await cell.run({ command: ['sleep', '0.1'], files: { big: { path } }, limits });
    expect(ending(outcome)).toEqual(exited(0));
    expect(metric(outcome, 'memoryPeakBytes')).toBeLessThan(16 * MIB);
  });

  test('that processes share is counted once', async () => {
    const share = `
import os, time
held = bytearray(40 << 20)
for _ in range(5):
    if os.fork() == 0: time.sleep(0.3); os._exit(sum(held[::4096]))
for _ in range(5): assert os.wait()[1] == 0`;
    expect(ending(await cell.run(python(share, limits)))).toEqual(exited(0));
  });

  test('below the limit is fine', async () => {
    const outcome = await cell.program('allocate-at-once', [50], { limits });
    expect(ending(outcome)).toEqual(exited(0));
    expect(metric(outcome, 'memoryPeakBytes')).toBeGreaterThan(49 * MIB);
    expect(metric(outcome, 'memoryPeakBytes')).toBeLessThan(64 * MIB);
    expect(metric(outcome, 'oomKills')).toBe(0);
  });
});

describe('processes', () => {
  const COUNT = `
import os, time
made = 0
try:
    while made < 100:
        if os.fork() == 0: time.sleep(30); os._exit(0)
        made += 1
except BlockingIOError: pass
print(made)
time.sleep(0.1)`;

  test.each(['1000:1000', '0:0'])('are as many as the limit says, and no more (user %s)', async (user) => {
    const outcome = await cell.run({ ...python(COUNT, { pids: 10 }), user });
    expect(text(outcome.stdout)).toBe('9\n');
    expect(metric(outcome, 'pidsPeak')).toBe(10);
  });

  test('of other sandboxes are not counted', async () => {
    const outcomes = await Promise.all(
      [1, 2, 3].map(async () => await cell.run(python(COUNT, { pids: 10 }))),
    );
    expect(outcomes.map(({ stdout }) => text(stdout))).toEqual(['9\n', '9\n', '9\n']);
  });
});

describe('CPU time', () => {
  test.each([
    ['spin', []],
    ['spin-in-children', [3]],
    ['spin-in-threads', [3]],
    ['spin-in-short-children', [2]],
  ])('of %s %j ends it', async (name, args) => {
    const outcome = await cell.program(name, args, { limits: { cpuTime: 200, wallTime: '10s' } });
    expect(ending(outcome)).toEqual(killed('cpu-time'));
  });
});

test('an outcome says where each figure comes from, and how each limit was held', async () => {
  const outcome = await cell.run({ command: ['true'] });
  const { sources } = outcome.metrics;
  for (const name of ['memoryPeakBytes', 'pidsPeak', 'oomKills'] as const)
    expect(sources[name]).toMatch(/^looked at every 20 ms/);
  expect(sources.cpuMs).toMatch(/^getrusage/);
  expect(sources.throttledMs).toMatch(/^unavailable/);
  expect(outcome.isolation).toMatchObject({ level: 'full', tier: 'T3' });
  expect(outcome.isolation.degraded[0]).toMatch(/^without a cgroup looked at every 20 ms: limits\.memory/);
});

test.each([{ cpus: 1 }, { cpuset: '0' }])('%j, which nothing holds, is refused', async (limits) => {
  await expect(cell.run({ command: ['true'], limits })).rejects.toMatchObject({
    code: 'isolation-unavailable',
  });
});
