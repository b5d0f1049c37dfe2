import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  ownV2Groups,
  parseCgroupMounts,
  parseOwnCgroups,
  planCgroups,
  seenThrough,
  v2Mount,
} from '../../../src/sandbox/cgroups.js';
import { tierOf } from '../../../src/sandbox/host.js';

const CAPTURES = new URL('captures/', import.meta.url);

/** Kernel files as a host of this kind has them. */
const capture = (host: string, file: 'mountinfo' | 'cgroup' | 'controllers'): string =>
  readFileSync(new URL(`${host}/${file}`, CAPTURES), 'utf8');

const plan = (host: string) =>
  planCgroups(capture(host, 'mountinfo'), capture(host, 'cgroup'), capture(host, 'controllers'));

const v1 = (path: string, ...controllers: string[]) => ({ version: 1, path, controllers });

describe('planCgroups', () => {
  test('v1 with a hierarchy for each controller: beneath our own group in each', () => {
    expect(plan('v1-separate')).toEqual([
      v1('/sys/fs/cgroup/cpu', 'cpu'),
      v1('/sys/fs/cgroup/cpuacct', 'cpuacct'),
      v1('/sys/fs/cgroup/cpuset', 'cpuset'),
      v1('/sys/fs/cgroup/memory/job_service/7b1f4c02d9e84a5f8c3e6d10a2b95c47', 'memory'),
      v1('/sys/fs/cgroup/blkio', 'blkio'),
      v1('/sys/fs/cgroup/pids', 'pids'),
    ]);
  });

  test('v1 with cpu and cpuacct in one hierarchy: one place for both', () => {
    expect(plan('v1-comounted')).toEqual([
      v1('/sys/fs/cgroup/cpuset', 'cpuset'),
      v1('/sys/fs/cgroup/memory/user.slice', 'memory'),
      v1('/sys/fs/cgroup/cpu,cpuacct/user.slice', 'cpu', 'cpuacct'),
      v1('/sys/fs/cgroup/pids/user.slice', 'pids'),
      v1('/sys/fs/cgroup/blkio/user.slice', 'blkio'),
    ]);
  });

  test('hybrid: v1 where a controller is there, the rest on v2', () => {
    expect(plan('hybrid')).toEqual([
      v1('/sys/fs/cgroup/memory/system.slice/grader.service', 'memory'),
      v1('/sys/fs/cgroup/cpu,cpuacct/system.slice/grader.service', 'cpu', 'cpuacct'),
      v1('/sys/fs/cgroup/cpuset', 'cpuset'),
      { version: 2, path: '/sys/fs/cgroup/unified', controllers: ['blkio', 'pids'] },
    ]);
  });

  test('v2: directly beneath the mount, for our own group has us in it', () => {
    expect(plan('v2')).toEqual([
      { version: 2, path: '/sys/fs/cgroup', controllers: ['cpuset', 'cpu', 'blkio', 'memory', 'pids'] },
    ]);
  });

  test('in a docker container on v1: the path on the host is no path here', () => {
    expect(plan('docker-v1')).toEqual([
      v1('/sys/fs/cgroup/pids', 'pids'),
      v1('/sys/fs/cgroup/memory/job-7', 'memory'),
      v1('/sys/fs/cgroup/cpu,cpuacct', 'cpu', 'cpuacct'),
    ]);
  });

  test('in a docker container on v2 with a cgroup namespace of its own', () => {
    expect(plan('docker-v2')).toEqual([
      { version: 2, path: '/sys/fs/cgroup', controllers: ['cpuset', 'cpu', 'blkio', 'memory', 'pids'] },
    ]);
  });

  test('names with blanks, tabs, newlines, backslashes and colons', () => {
    expect(plan('escaped')).toEqual([
      v1('/srv/control groups/mem\tory/with: colon', 'memory'),
      v1('/srv/control groups/pids\n/x', 'pids'),
    ]);
  });

  test('a host without cgroups gives none', () => {
    expect(plan('none')).toEqual([]);
    expect(planCgroups('', '', '')).toEqual([]);
  });

  test('a v2 mount without controllers is of no use', () => {
    expect(planCgroups(capture('v2', 'mountinfo'), capture('v2', 'cgroup'), '\n')).toEqual([]);
  });

  test('a group outside what is mounted is sought at the mount', () => {
    const mountinfo = '625 620 0:34 /../../other /cg/memory rw - cgroup cgroup rw,memory';
    expect(planCgroups(mountinfo, '7:memory:/', '')).toEqual([v1('/cg/memory', 'memory')]);
  });
});

describe('ownV2Groups', () => {
  test('our own first, then those above it up to what is mounted', () => {
    const mountinfo = '30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw';
    const own = '0::/user.slice/user-1000.slice/user@1000.service/app.slice/a.scope\n';
    expect(ownV2Groups(mountinfo, own)).toEqual([
      '/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/a.scope',
      '/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice',
      '/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service',
      '/sys/fs/cgroup/user.slice/user-1000.slice',
      '/sys/fs/cgroup/user.slice',
      '/sys/fs/cgroup',
    ]);
    expect(ownV2Groups(mountinfo, '0::/\n')).toEqual(['/sys/fs/cgroup']);
  });

  test('none without v2, or where ours is outside of what is mounted', () => {
    expect(ownV2Groups('', '0::/a\n')).toEqual([]);
    expect(ownV2Groups('30 20 0:26 /b /cg rw - cgroup2 cgroup2 rw', '0::/a\n')).toEqual([]);
  });
});

describe('parsers', () => {
  test('see only cgroup mounts, whatever optional fields they have', () => {
    expect(parseCgroupMounts(capture('docker-v2', 'mountinfo'))).toEqual([
      {
        version: 2,
        root: '/',
        path: '/sys/fs/cgroup',
        options: ['rw', 'nsdelegate', 'memory_recursiveprot'],
      },
    ]);
    expect(parseCgroupMounts(capture('v1-comounted', 'mountinfo'))).toHaveLength(9);
    expect(parseCgroupMounts('garbage\n1 2 3\n - cgroup\n')).toEqual([]);
  });

  test('know our group by each controller, the named hierarchy and v2', () => {
    const own = parseOwnCgroups(capture('hybrid', 'cgroup'));
    const service = '/system.slice/grader.service';
    expect(Object.fromEntries(own)).toEqual({
      cpuset: '/',
      cpu: service,
      cpuacct: service,
      memory: service,
      'name=systemd': service,
      '': service,
    });
  });

  test.each([
    ['/', '/mnt', '/', '/mnt'],
    ['/', '/mnt', '/a/b', '/mnt/a/b'],
    ['/docker/x', '/mnt', '/docker/x', '/mnt'],
    ['/docker/x', '/mnt', '/docker/x/y', '/mnt/y'],
    ['/docker/x', '/mnt', '/docker/xy', null],
    ['/docker/x', '/mnt', '/', null],
  ])('root %s seen at %s: group %s is %s', (root, path, group, seen) => {
    expect(seenThrough({ root, path }, group)).toBe(seen);
  });

  test('find the v2 mount, the topmost where several lie on each other', () => {
    expect(v2Mount(capture('hybrid', 'mountinfo'))).toBe('/sys/fs/cgroup/unified');
    expect(v2Mount(capture('v1-comounted', 'mountinfo'))).toBeNull();
    expect(v2Mount(`${capture('v2', 'mountinfo')}99 30 0:26 / /later rw - cgroup2 cgroup2 rw\n`)).toBe(
      '/later',
    );
  });
});

test.each([
  ['v2', true, 'T0'],
  ['docker-v2', true, 'T0'],
  ['v1-separate', true, 'T1'],
  ['hybrid', true, 'T1'],
  ['v2', false, 'T2'],
  ['v1-separate', false, 'T3'],
  ['none', true, 'T3'],
  ['none', false, 'T3'],
] as const)('tier of %s, root %s: %s', (host, isRoot, tier) => {
  expect(tierOf(isRoot, plan(host))).toBe(tier);
});
