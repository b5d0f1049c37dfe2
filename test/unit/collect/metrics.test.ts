import { describe, expect, test } from 'vitest';
import { foldMetrics } from '../../../src/collect/metrics.js';
import { lostFacts } from '../../../src/launcher/facts.js';
import { METRIC_NAMES } from '../../../src/spec/index.js';
import { factsWith } from './support.js';

const ALL = {
  wallNs: 1_500_000,
  cpuNs: 2_000_000,
  cpuUserNs: 1_000_000,
  cpuSystemNs: 1_000_000,
  memoryPeakBytes: 4096,
  pidsPeak: 2,
  oomKills: 0,
  pidsLimitHits: 0,
  throttledNs: 0,
  ioReadBytes: 0,
  ioWriteBytes: 512,
  voluntarySwitches: 3,
  involuntarySwitches: 4,
  diskUsedBytes: 8192,
  inodesUsed: 5,
  queueNs: 1,
  setupNs: 400_000,
} as const;

describe('foldMetrics', () => {
  test('gives milliseconds, bytes and counts, and where they are from', () => {
    const metrics = foldMetrics(factsWith({ metrics: ALL }), 'full', 1);
    expect(metrics).toMatchObject({
      wallMs: 1.5,
      cpuMs: 2,
      memoryPeakBytes: 4096,
      oomKills: 0,
      queueMs: 0.000001,
      setupMs: 0.4,
    });
    expect(metrics.sources).toMatchObject({ cpuMs: 'cgroup1 cpuacct.usage', wallMs: 'CLOCK_MONOTONIC' });
    expect(foldMetrics(factsWith({ metrics: ALL }), 'full', 2).sources).toMatchObject({
      cpuMs: 'cgroup2 cpu.stat usage_usec',
    });
  });

  test.each(METRIC_NAMES)('%s, when it cannot be had, is null and says why', (name) => {
    for (const level of ['full', 'namespaces', 'chroot', 'none'] as const) {
      const metrics = foldMetrics(factsWith(), level, level === 'full' ? 1 : null);
      expect(metrics[name]).toBeNull();
      expect(metrics.sources[name]).toMatch(/^unavailable: ./);
    }
  });

  test('never makes a figure of one that is missing: each is null exactly when it was not told', () => {
    for (const missing of Object.keys(ALL)) {
      const metrics = Object.fromEntries(Object.entries(ALL).filter(([name]) => name !== missing));
      const folded = foldMetrics(factsWith({ metrics }), 'full', 1);
      const absent = METRIC_NAMES.filter((name) => folded[name] === null);
      expect(absent, missing).toEqual(
        [missing.replace(/Ns$/, 'Ms'), 'teardownMs'].filter((name, i, all) => all.indexOf(name) === i),
      );
    }
  });

  test('takes what the main process used where no cgroup counts, and says so', () => {
    const rusage = {
      rusageCpuNs: 3_000_000,
      rusageUserNs: 2_000_000,
      rusageSystemNs: 1_000_000,
      rusageMaxRssBytes: 4096,
    };
    const metrics = foldMetrics(factsWith({ metrics: rusage }), 'chroot', 1);
    expect(metrics).toMatchObject({
      cpuMs: 3,
      cpuUserMs: 2,
      cpuSystemMs: 1,
      memoryPeakBytes: 4096,
      pidsPeak: null,
    });
    for (const name of ['cpuMs', 'cpuUserMs', 'cpuSystemMs', 'memoryPeakBytes'] as const) {
      expect(metrics.sources[name]).toMatch(/^getrusage/);
    }
  });

  test('of a lost launcher has nothing, and names that', () => {
    const { sources, ...figures } = foldMetrics(lostFacts('gone'), 'full', 1);
    expect(new Set(Object.values(figures))).toEqual(new Set([null]));
    expect(new Set(Object.values(sources))).toEqual(new Set(['unavailable: the launcher went away']));
  });
});
