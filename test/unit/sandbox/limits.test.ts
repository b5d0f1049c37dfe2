import { describe, expect, test } from 'vitest';
import { parseCpuList } from '../../../src/sandbox/cpus.js';
import { all, planFor } from './support.js';

const limitsOf = (limits: Record<string, unknown>, cpuCount = 4): Record<string, number> =>
  Object.fromEntries(
    all(planFor({ limits }, { cpuCount }), 'limit').map(({ limit, value }) => [limit, value]),
  );

const resourcesOf = (limits: Record<string, unknown>): Record<string, readonly (number | null)[]> =>
  Object.fromEntries(
    all(planFor({ limits }), 'rlimit').map(({ resource, soft, hard }) => [resource, [soft, hard]]),
  );

describe('limits of the whole sandbox', () => {
  test('are in the units of the kernel', () => {
    const given = {
      cpuTime: '1.5s',
      wallTime: '2m',
      memory: '64MiB',
      pids: 9,
      output: '1KiB',
      cpus: 0.5,
      disk: '1MiB',
    };
    expect(limitsOf(given)).toEqual({
      cpuTimeNs: 1.5e9,
      cpuParallel: 1,
      wallTimeNs: 120e9,
      memoryBytes: 67_108_864,
      pids: 9,
      outputBytes: 1024,
      cpuQuotaUs: 50_000,
      copyOutBytes: 1_048_576,
    });
  });

  test('that are lifted are not sent', () => {
    const none = {
      cpuTime: 'none',
      wallTime: 'none',
      memory: 'none',
      pids: 'none',
      output: 'none',
      cpus: 'none',
    };
    expect(Object.keys(limitsOf(none))).toEqual(['copyOutBytes']);
  });

  test('keep a CPU rate that the kernel accepts', () => {
    expect([0.01, 1, 2.5].map((cpus) => limitsOf({ cpus }).cpuQuotaUs)).toEqual([1000, 100_000, 250_000]);
  });

  test('say the chosen CPUs', () => {
    expect(all(planFor({ limits: { cpuset: '3,0-1' } }), 'cpuset')).toEqual([
      { op: 'cpuset', value: '0-1,3' },
    ]);
  });

  test.each([
    [{}, 4],
    [{ cpus: 1.5 }, 2],
    [{ cpus: 0.1 }, 1],
    [{ cpus: 64 }, 4],
    [{ cpuset: '0' }, 1],
    [{ cpuset: '0-2', cpus: 2 }, 2],
  ])('expect CPU time no faster than %j lets it pass: %i at once', (limits, parallel) => {
    expect(limitsOf(limits).cpuParallel).toBe(parallel);
  });
});

describe('limits of each process', () => {
  test('have defaults, and never a core file, nor a helper of the host for it', () => {
    expect(resourcesOf({})).toEqual({
      core: [1, 1],
      openFiles: [1024, 1024],
      stack: [8_388_608, 8_388_608],
      cpu: [61, 62],
    });
  });

  test('are as given', () => {
    expect(resourcesOf({ openFiles: 20, fileSize: '1KiB', stack: 'none', cpuTime: 'none' })).toEqual({
      core: [1, 1],
      openFiles: [20, 20],
      fileSize: [1024, 1024],
      stack: [null, null],
    });
  });

  test.each([
    ['1ms', [2, 3]],
    ['1s', [2, 3]],
    ['1001ms', [3, 4]],
  ])('stop CPU time of %s a little late only, should the launcher not', (cpuTime, expected) => {
    expect(resourcesOf({ cpuTime }).cpu).toEqual(expected);
  });
});

test.each([
  ['0', [0]],
  ['0-2,4', [0, 1, 2, 4]],
  ['7\n', [7]],
  ['', []],
  ['\n', []],
])('CPU list %j is %j', (list, cpus) => {
  expect(parseCpuList(list)).toEqual(cpus);
});
