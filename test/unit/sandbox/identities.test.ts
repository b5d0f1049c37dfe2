/** Plans of an ordinary user: whose ids its programs have on the host. */
import { describe, expect, test } from 'vitest';
import type { Host } from '../../../src/sandbox/host.js';
import { planUnpack } from '../../../src/sandbox/index.js';
import { all, errorOf, HOST, planFor } from './support.js';

const host = (identities: Host['identities'], rest: Partial<Host> = {}): Host => ({
  ...HOST,
  isRoot: false,
  identities,
  cgroups: [],
  tier: 'T3',
  ...rest,
});

const MOUNT = { source: '/srv', target: '/srv', mode: 'rw' };
const spaces = (part: Record<string, unknown>, given: Host): readonly string[] =>
  all(planFor(part, { host: given }), 'sandbox')[0]?.spaces ?? [];

describe('with ranges of ids', () => {
  test('a program is nobody on the host', () => {
    const found = spaces({}, host('ranges'));
    expect(found).toContain('user');
    expect(found.filter((space) => space.startsWith('caller'))).toEqual([]);
  });

  test.each([
    [{ mounts: [MOUNT] }, 'callerUser'],
    [{ mounts: [MOUNT], user: '0:0' }, 'callerRoot'],
    [{ image: 'dir:/srv/tree' }, 'callerUser'],
    [{ image: 'dir:/srv/tree', user: '0:0' }, 'callerRoot'],
    [{ mounts: [{ ...MOUNT, mode: 'ro' }], user: '7:8' }, 'callerRoot'],
  ])('%j gives the user its own files: %s', (part, space) => {
    expect(spaces(part, host('ranges'))).toContain(space);
  });

  test('nobody else may be promised to write to a mount', () => {
    const { code, message } = errorOf(() =>
      planFor({ mounts: [MOUNT], user: '7:8' }, { host: host('ranges') }),
    );
    expect(code).toBe('isolation-unavailable');
    expect(message).toContain('user 7:8 could not write to the mount "/srv"');
  });

  test('no mount is to show other owners, which takes root', () => {
    const flags = all(planFor({ mounts: [MOUNT] }, { host: host('ranges') }), 'source').flatMap(
      (source) => source.flags,
    );
    expect(flags).not.toContain('mapOwner');
    expect(flags).not.toContain('mapSlot');
    expect(flags).toContain('recursive');
  });

  test('the tree writer writes as the user', () => {
    const plan = planUnpack({
      launcherPath: '/l',
      directory: '/d',
      input: '/i',
      arch: 'x86_64',
      identities: 'ranges',
    });
    expect(all(plan, 'sandbox')[0]?.spaces).toContain('callerRoot');
    expect(all(plan, 'source').flatMap(({ flags }) => flags)).not.toContain('mapSlot');
  });
});

describe('with a single id', () => {
  test.each([
    ['1000:1000', 1000],
    ['0:0', 0],
  ])('user %s owns everything', (user, uid) => {
    const plan = planFor({ user, tty: { rows: 1, cols: 1 } }, { host: host('single') });
    const owners = plan.flatMap((operation) => ('uid' in operation ? [operation.uid] : []));
    expect(new Set(owners)).toEqual(new Set([uid]));
    expect(all(plan, 'devpts')).toEqual([{ op: 'devpts', gid: uid, path: '/dev/pts' }]);
    expect(all(plan, 'sandbox')[0]?.spaces).toContain(uid === 0 ? 'callerRoot' : 'callerUser');
  });

  test.each(['7:8', '1000:0', '0:1000', '65534:65534'])(
    'user %s cannot be had, and the error says how',
    (user) => {
      const { code, message } = errorOf(() => planFor({ user }, { host: host('single') }));
      expect(code).toBe('isolation-unavailable');
      expect(message).toContain(`user ${user}`);
    },
  );

  test('isolation "none" is the user as ever', () => {
    const plan = planFor({ isolation: 'none', user: '7:8' }, { host: host('single') });
    expect(all(plan, 'identity')).toEqual([]);
    expect(all(plan, 'sandbox')[0]?.spaces).toEqual([]);
  });
});

describe('without a cgroup', () => {
  const rlimits = (part: Record<string, unknown>, given: Host) =>
    Object.fromEntries(
      all(planFor(part, { host: given }), 'rlimit').map(({ resource, soft }) => [resource, soft]),
    );
  const limits = { memory: '64MiB', pids: 5 };

  test('the run is looked at, and processes are counted by the kernel: ours of that id besides', () => {
    const plan = planFor({ limits }, { host: host('ranges') });
    expect(all(plan, 'limit')).toContainEqual({ op: 'limit', limit: 'watchIntervalNs', value: 20e6 });
    expect(all(plan, 'limit')).toContainEqual({ op: 'limit', limit: 'memoryBytes', value: 64 * 1024 ** 2 });
    expect(rlimits({ limits }, host('ranges')).processes).toBe(5);
    expect(rlimits({ limits, user: '0:0' }, host('ranges')).processes).toBe(6);
    expect(rlimits({ limits }, host('single')).processes).toBe(7);
  });

  test('of a run with one nobody has to look', () => {
    const cgroups = [{ version: 2, path: '/u', controllers: ['memory', 'pids'] }] as const;
    const plan = planFor({ limits }, { host: host('ranges', { cgroups }) });
    expect(all(plan, 'limit').map(({ limit }) => limit)).not.toContain('watchIntervalNs');
    expect(rlimits({ limits }, host('ranges', { cgroups }))).not.toHaveProperty('processes');
    expect(all(plan, 'sandbox')[0]?.spaces).toContain('cgroup');
  });

  test('root gets what it always got', () => {
    expect(rlimits({ limits }, HOST)).not.toHaveProperty('processes');
    expect(rlimits({ limits }, HOST)).not.toHaveProperty('data');
  });
});
