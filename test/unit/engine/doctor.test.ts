import { describe, expect, it } from 'vitest';
import {
  delegationCheck,
  freeRange,
  idsRemedy,
  userNamespaceRemedy,
} from '../../../src/engine/doctor/ordinary.js';

describe('the remedy for missing user namespaces', () => {
  const remedy = (settings: Record<string, string>): string =>
    userNamespaceRemedy('/opt/hotcell-launcher', (path) => settings[path] ?? '');

  it('is a profile where AppArmor keeps them, for this launcher', () => {
    const text = remedy({ '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1' });
    expect(text).toContain('profile hotcell /opt/hotcell-launcher flags=(unconfined) {\n  userns,\n}');
    expect(text).toContain('apparmor_parser -r /etc/apparmor.d/hotcell');
    expect(text).not.toContain('sysctl');
  });

  it("is Debian's setting where that is off", () => {
    const text = remedy({ '/proc/sys/kernel/unprivileged_userns_clone': '0' });
    expect(text).toContain('sysctl -w kernel.unprivileged_userns_clone=1');
  });

  it('is the number of them where that is too small', () => {
    expect(remedy({ '/proc/sys/user/max_user_namespaces': '0' })).toContain('user.max_user_namespaces=15000');
  });

  it("is the container's where the host's settings allow them", () => {
    expect(remedy({ '/proc/sys/user/max_user_namespaces': '96365' })).toContain('in a container');
  });
});

describe('the remedy for missing ids', () => {
  it('is a range that nobody has', () => {
    expect(freeRange('', '')).toBe(100_000);
    expect(freeRange('ann:100000:65536\nbob:165536:65536\n', 'ann:500000:65536\n')).toBe(565_536);
    expect(freeRange('# ann:900000:1\n', 'nonsense')).toBe(100_000);
  });

  it('is a package where only the tool is missing', () => {
    expect(idsRemedy('ann', 'newuidmap is not installed (package uidmap or shadow-utils)')).toContain(
      'uidmap',
    );
    expect(idsRemedy('ann', null)).toMatch(/^sudo usermod --add-subuids \d+-\d+ --add-subgids \d+-\d+ ann$/);
  });
});

describe('a delegated cgroup', () => {
  it('is well with every controller', () => {
    const controllers = ['memory', 'pids', 'cpu', 'cpuset'] as const;
    expect(delegationCheck({ cgroups: [{ version: 2, path: '/u', controllers }] })).toMatchObject({
      ok: true,
    });
  });

  it('is named with what it lacks, and what to do about it', () => {
    const found = delegationCheck({ cgroups: [{ version: 2, path: '/u', controllers: ['memory', 'pids'] }] });
    expect(found).toMatchObject({
      ok: false,
      optional: true,
      detail: 'cgroup v2 at /u, without cpu, cpuset',
    });
    expect(found.remedy).not.toBeNull();
    expect(delegationCheck({ cgroups: [] }).detail).toContain('no group of cgroup v2 is delegated');
  });
});
