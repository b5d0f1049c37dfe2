import { describe, expect, test } from 'vitest';
import { checkEnforceable } from '../../../src/sandbox/enforce.js';
import type { Host } from '../../../src/sandbox/host.js';
import { errorOf, HOST, jobWith } from './support.js';

const without = (...names: string[]): Host => ({
  ...HOST,
  cgroups: HOST.cgroups.map((parent) => ({
    ...parent,
    controllers: parent.controllers.filter((name) => !names.includes(name)),
  })),
});
const NO_CGROUPS: Host = { ...HOST, cgroups: [] };
const V2: Host = {
  ...HOST,
  cgroups: [{ version: 2, path: '/sys/fs/cgroup', controllers: ['memory', 'cpu', 'cpuset', 'pids'] }],
};

const check = (part: Record<string, unknown>, host = HOST) => checkEnforceable(jobWith(part), host);
const refused = (part: Record<string, unknown>, host = HOST) => errorOf(() => check(part, host));

describe('isolation "full"', () => {
  test('enforces everything where every controller is there', () => {
    const limits = { memory: '64MiB', pids: 5, cpus: 1, cpuset: '0-3', cpuTime: '1s' };
    expect(check({ limits })).toEqual([]);
    expect(check({ limits }, V2)).toEqual([]);
  });

  test.each([
    ['memory', 'memory', {}],
    ['pids', 'pids', {}],
    ['cpuacct', 'cpuTime', {}],
    ['cpu', 'cpus', { cpus: 1 }],
    ['cpuset', 'cpuset', { cpuset: '0' }],
  ])('without %s refuses a limit of %s, or says that it is missing', (controller, limit, limits) => {
    const line = `limits.${limit} is not enforced: this host gives no ${controller} cgroup controller`;
    expect(refused({ limits }, without(controller))).toEqual({
      code: 'isolation-unavailable',
      message: line,
    });
    expect(check({ limits, allowDegraded: true }, without(controller))).toEqual([line]);
  });

  test.each([
    ['memory', { memory: 'none' }],
    ['pids', { pids: 'none' }],
    ['cpuacct', { cpuTime: 'none' }],
    ['cpu', {}],
    ['cpuset', {}],
  ])('without %s runs a job that does not need it', (controller, limits) => {
    expect(check({ limits }, without(controller))).toEqual([]);
  });

  test('says everything that is missing at once', () => {
    const { message } = refused({}, NO_CGROUPS);
    expect(message.split('; ').map((line) => line.split(' ')[0])).toEqual([
      'limits.memory',
      'limits.pids',
      'limits.cpuTime',
    ]);
  });
});

describe.each(['namespaces', 'chroot', 'none'])('isolation "%s"', (isolation) => {
  test('runs with the default limits that it cannot enforce', () => {
    expect(check({ isolation })).toEqual([]);
    expect(check({ isolation, limits: { cpuTime: '1s', memory: 'none' } }, NO_CGROUPS)).toEqual([]);
  });

  test.each([{ memory: '64MiB' }, { pids: 5 }, { cpus: 1 }, { cpuset: '0' }])(
    'refuses the asked for %j',
    (limits) => {
      const line = `limits.${Object.keys(limits)[0]} is not enforced: isolation "${isolation}" has no cgroup`;
      expect(refused({ isolation, limits })).toEqual({ code: 'isolation-unavailable', message: line });
      expect(check({ isolation, limits, allowDegraded: true })).toEqual([line]);
    },
  );

  test('has a disk of its own unless it has no file system of its own', () => {
    const part = { isolation, limits: { disk: '1MiB', inodes: 100 }, allowDegraded: true };
    const lines = ['disk', 'inodes'].map(
      (limit) => `limits.${limit} is not enforced: isolation "none" has no file system of its own`,
    );
    expect(check(part)).toEqual(isolation === 'none' ? lines : []);
  });
});

describe('isolation "none"', () => {
  test.each([
    ['image', { image: 'dir:/srv/tree' }],
    ['mounts', { mounts: [{ source: '/srv', target: '/srv' }] }],
    ['tmpfs', { tmpfs: [{ target: '/t' }] }],
    ['readOnlyRoot', { readOnlyRoot: true }],
  ])('contradicts %s, allowed to be degraded or not', (name, part) => {
    for (const allowDegraded of [false, true]) {
      const { code, message } = refused({ ...part, isolation: 'none', allowDegraded });
      expect(code).toBe('invalid-spec');
      expect(message).toMatch(new RegExp(`^${name}: isolation "none"`));
    }
  });
});

describe('without root', () => {
  const host = (identities: Host['identities'], cgroups: Host['cgroups'] = []): Host => ({
    ...HOST,
    isRoot: false,
    identities,
    cgroups,
  });

  test('isolation "chroot" cannot be had, whatever is allowed', () => {
    for (const identities of ['ranges', 'single', 'none'] as const) {
      expect(refused({ isolation: 'chroot', allowDegraded: true }, host(identities))).toEqual({
        code: 'isolation-unavailable',
        message: 'isolation "chroot" needs root',
      });
    }
  });

  test.each(['full', 'namespaces'])('isolation "%s" needs user namespaces', (isolation) => {
    const { message } = refused({ isolation, allowDegraded: true }, host('none'));
    expect(message).toBe(`isolation "${isolation}" needs user namespaces, and this host gives you none`);
    expect(() => check({ isolation }, host('ranges'))).not.toThrow();
  });

  test('isolation "none" needs nothing', () => {
    for (const identities of ['ranges', 'single', 'none'] as const)
      expect(check({ isolation: 'none' }, host(identities))).toEqual([]);
  });

  test('and without cgroups says how each limit is held instead', () => {
    const [line, ...others] = check(
      { limits: { memory: '64MiB', pids: 'none', cpuTime: '1s' } },
      host('ranges'),
    );
    expect(others).toEqual([]);
    expect(line).toMatch(
      /^without a cgroup looked at every 20 ms: limits\.memory \(.*\), limits\.cpuTime \(/,
    );
    expect(line).not.toContain('pids');
    expect(check({ limits: { memory: 'none', pids: 'none', cpuTime: 'none' } }, host('ranges'))).toEqual([]);
  });

  test.each([
    ['cpus', { cpus: 1 }],
    ['cpuset', { cpuset: '0' }],
  ])('and without cgroups refuses %s, which nothing holds', (limit, limits) => {
    expect(refused({ limits }, host('ranges')).message).toContain(`limits.${limit} is not enforced`);
    expect(check({ limits, allowDegraded: true }, host('ranges'))[0]).toContain(`limits.${limit}`);
  });

  test('with a delegated cgroup nothing is weaker but what that lacks', () => {
    const delegated = [{ version: 2, path: '/u', controllers: ['memory', 'cpu', 'pids'] }] as const;
    expect(check({ limits: { cpus: 1 } }, host('ranges', delegated))).toEqual([]);
    const noPids = [{ version: 2, path: '/u', controllers: ['memory'] }] as const;
    expect(check({}, host('ranges', noPids))).toEqual([
      'without a cgroup held: limits.pids (RLIMIT_NPROC, for each user id of the program apart)',
    ]);
  });

  test('with a single id says that it is shared', () => {
    const lines = check({ limits: { memory: 'none', pids: 'none', cpuTime: 'none' } }, host('single'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('its user id on this host is yours');
  });

  test.each([
    ['single', {}],
    ['ranges', { mounts: [{ source: '/srv', target: '/srv' }] }],
    ['ranges', { image: 'dir:/srv/tree' }],
  ] as const)("with ids %s and %j keeps the host's network from who would be you", (identities, part) => {
    const job = { ...part, network: 'host' };
    expect(refused(job, host(identities)).message).toContain('network "host"');
    expect(check({ ...job, allowDegraded: true }, host(identities)).join()).toContain('network "host"');
    expect(() => check({ network: 'host' }, host('ranges'))).not.toThrow();
  });
});

test.each([
  ['4', 4],
  ['0-5', 4],
  ['2,9', 9],
])('CPUs %s are refused on a host with 0-3', (cpuset, lacking) => {
  const message = `limits.cpuset: this host has no CPU ${lacking}; use CPUs of 0-3`;
  expect(refused({ limits: { cpuset }, allowDegraded: true })).toEqual({ code: 'invalid-spec', message });
});
