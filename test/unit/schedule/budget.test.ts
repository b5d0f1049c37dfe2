import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { budgetOf, defaultBudget } from '../../../src/schedule/index.js';

const GIB = 2 ** 30;

const read =
  (files: Record<string, string>) =>
  (path: string): string | null =>
    files[path] ?? null;

const meminfo = { '/proc/meminfo': 'MemTotal:       16777216 kB\nMemAvailable:   10485760 kB\n' };

describe('the budget of a machine', () => {
  it('is its cores and four fifths of the memory that is available', () => {
    expect(budgetOf({ cpus: 6, read: read(meminfo) })).toEqual({ cpus: 6, memoryBytes: 8 * GIB, tasks: 64 });
  });

  it('is what a cgroup v2 limit above us leaves free, if that is less', () => {
    const files = {
      ...meminfo,
      '/proc/self/cgroup': '0::/docker/abc\n',
      '/sys/fs/cgroup/docker/abc/memory.max': 'max\n',
      '/sys/fs/cgroup/docker/abc/memory.current': '0\n',
      '/sys/fs/cgroup/docker/memory.max': `${5 * GIB}\n`,
      '/sys/fs/cgroup/docker/memory.current': `${4 * GIB}\n`,
      '/sys/fs/cgroup/docker/memory.stat': `anon 7\ninactive_file ${4 * GIB}\n`,
      '/sys/fs/cgroup/docker/abc/cpu.max': '250000 100000\n',
    };
    expect(budgetOf({ cpus: 6, read: read(files) })).toEqual({ cpus: 2, memoryBytes: 4 * GIB, tasks: 64 });
  });

  it('is what a container shows of itself as the root of its cgroups', () => {
    const files = {
      ...meminfo,
      '/proc/self/cgroup': '5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': `${2.5 * GIB}\n`,
      '/sys/fs/cgroup/memory/memory.usage_in_bytes': '0\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    };
    expect(budgetOf({ cpus: 6, read: read(files) })).toEqual({ cpus: 1, memoryBytes: 2 * GIB, tasks: 64 });
  });

  it('is unlimited where the limit is none or the largest number', () => {
    const files = {
      ...meminfo,
      '/proc/self/cgroup': '4:memory:/\n1:cpu:/\n0::/\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
      '/sys/fs/cgroup/memory/memory.usage_in_bytes': '123\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    };
    expect(budgetOf({ cpus: 3, read: read(files) })).toEqual({ cpus: 3, memoryBytes: 8 * GIB, tasks: 64 });
  });

  it('is something also where nothing can be read or nothing is free', () => {
    expect(budgetOf({ cpus: 1, read: read({}) }).memoryBytes).toBeGreaterThan(512 * 2 ** 20);
    expect(budgetOf({ cpus: 1, read: read({ '/proc/meminfo': 'MemAvailable: 0 kB\n' }) }).memoryBytes).toBe(
      64 * 2 ** 20,
    );
  });

  it('can be had of this one', () => {
    const { cpus, memoryBytes } = defaultBudget();
    expect(cpus).toBeGreaterThanOrEqual(1);
    expect(cpus).toBeLessThanOrEqual(availableParallelism());
    expect(memoryBytes).toBeGreaterThan(0);
  });
});
