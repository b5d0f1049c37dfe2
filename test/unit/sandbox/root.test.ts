import { describe, expect, test } from 'vitest';
import { all, indexOf, planFor } from './support.js';

const ROOTED = ['full', 'namespaces', 'chroot'] as const;

const textOf = (plan: ReturnType<typeof planFor>, path: string): string => {
  const file = all(plan, 'file').find((given) => given.path === path);
  return new TextDecoder().decode(file?.content);
};

describe.each(ROOTED)('the root of %s', (isolation) => {
  const build = (part: Record<string, unknown> = {}) =>
    planFor(
      { isolation, ...part },
      { files: [{ path: '/box/a', mode: 0o644, content: { bytes: Uint8Array.of(1) } }] },
    );

  test('is made before anything is put into it, and entered last', () => {
    const plan = build({
      mounts: [{ source: '/srv', target: '/srv' }],
      tmpfs: [{ target: '/t' }],
      readOnlyRoot: true,
    });
    const inside = [
      'directory',
      'file',
      'symlink',
      'bind',
      'tmpfs',
      'proc',
      'device',
      'devpts',
      'mask',
      'readonly',
      'scratch',
    ];
    plan.forEach(({ op }, index) => {
      if (!inside.includes(op)) return;
      expect(index, op).toBeGreaterThan(indexOf(plan, 'root'));
      expect(index, op).toBeLessThan(indexOf(plan, 'enter'));
    });
  });

  test('has a proc before parts of it are masked or read-only', () => {
    const plan = build();
    const proc = indexOf(plan, 'proc', '/proc');
    for (const path of [
      '/proc/kcore',
      '/proc/keys',
      '/proc/timer_list',
      '/proc/scsi',
      '/proc/acpi',
      '/proc/asound',
    ]) {
      expect(indexOf(plan, 'mask', path)).toBeGreaterThan(proc);
    }
    for (const path of ['/proc/sys', '/proc/sysrq-trigger', '/proc/bus', '/proc/fs', '/proc/irq']) {
      expect(indexOf(plan, 'readonly', path)).toBeGreaterThan(proc);
    }
  });

  test('hides the /dev of the image before devices come, each with its number', () => {
    const plan = build();
    const devices = all(plan, 'device').map(({ path, major, minor }) => `${path} ${major}:${minor}`);
    expect(devices).toEqual([
      '/dev/null 1:3',
      '/dev/zero 1:5',
      '/dev/full 1:7',
      '/dev/random 1:8',
      '/dev/urandom 1:9',
      '/dev/tty 5:0',
    ]);
    expect(indexOf(plan, 'scratch', '/dev')).toBeLessThan(indexOf(plan, 'device'));
    expect(indexOf(plan, 'directory', '/dev/pts')).toBeLessThan(indexOf(plan, 'devpts', '/dev/pts'));
  });

  test("shows of the host what runs programs, read-only, and nobody's home", () => {
    const plan = build();
    const sources = all(plan, 'source');
    for (const { source, path } of all(plan, 'bind')) {
      expect(sources[source]).toMatchObject({ path, flags: ['readOnly', 'noDevices', 'mapSlot'] });
    }
    expect(all(plan, 'bind').map(({ path }) => path)).toEqual(['/usr', '/etc/ld.so.cache']);
    expect(all(plan, 'symlink')).toContainEqual({ op: 'symlink', target: 'usr/bin', path: '/bin' });
    expect(all(plan, 'directory')).toContainEqual({
      op: 'directory',
      path: '/root',
      mode: 0o700,
      uid: 0,
      gid: 0,
    });
    expect(
      sources.some(({ path }) => /^\/(?:home|root|var|run|sys|proc|etc\/(?:passwd|shadow|group))/.test(path)),
    ).toBe(false);
  });

  test('is read-only only at the end, with what a program needs on top', () => {
    const plan = build({ readOnlyRoot: true });
    expect(indexOf(plan, 'readonly', '/')).toBe(indexOf(plan, 'enter') - 1);
    expect(all(plan, 'scratch').map(({ path }) => path)).toEqual(['/dev', '/tmp', '/var/tmp', '/box']);
    expect(all(build(), 'readonly').map(({ path }) => path)).not.toContain('/');
  });

  test('has files after the working directory and the mounts that they may lie in', () => {
    const plan = build({ mounts: [{ source: '/srv', target: '/box/data' }], readOnlyRoot: true });
    expect(indexOf(plan, 'scratch', '/box')).toBeLessThan(indexOf(plan, 'bind', '/box/data'));
    expect(indexOf(plan, 'bind', '/box/data')).toBeLessThan(indexOf(plan, 'file', '/box/a'));
  });
});

describe('the working directory', () => {
  const made = (part: Record<string, unknown>) =>
    all(planFor(part), 'directory')
      .filter(({ uid }) => uid === 1000)
      .map(({ path }) => path);

  test("is the user's", () => {
    expect(made({})).toEqual(['/box']);
    expect(made({ workdir: '/deep/inside' })).toEqual(['/deep/inside']);
  });

  test.each(['/', '/tmp', '/usr', '/usr/bin', '/bin', '/etc', '/proc', '/dev', '/root'])(
    "is not made the user's when it is %s",
    (workdir) => {
      expect(made({ workdir })).toEqual([]);
    },
  );

  test.each([
    [{ mounts: [{ source: '/srv', target: '/box' }] }],
    [{ tmpfs: [{ target: '/box' }] }],
    [{ workdir: '/box/inside', mounts: [{ source: '/srv', target: '/box' }] }],
  ])('is left to what is mounted there: %j', (part) => {
    expect(made(part)).toEqual([]);
  });

  test('is made beside a mount that only begins like it', () => {
    expect(made({ mounts: [{ source: '/srv', target: '/bo' }] })).toEqual(['/box']);
  });
});

describe('mounts', () => {
  const mounts = ['ro', 'rw', 'overlay'].map((mode) => ({
    source: `/srv/${mode}`,
    target: `/${mode}`,
    mode,
  }));

  test("are owned by the job's user, without devices, and read-only unless said otherwise", () => {
    const plan = planFor({ mounts, user: '7:8' });
    const flags = all(plan, 'source').filter(({ path }) => path.startsWith('/srv/'));
    expect(flags).toEqual([
      { op: 'source', path: '/srv/ro', flags: ['noDevices', 'mapOwner', 'readOnly'], uid: 7, gid: 8 },
      { op: 'source', path: '/srv/rw', flags: ['noDevices', 'mapOwner'], uid: 7, gid: 8 },
      { op: 'source', path: '/srv/overlay', flags: ['noDevices', 'mapOwner'], uid: 7, gid: 8 },
    ]);
    expect(all(plan, 'overlay').map(({ path }) => path)).toEqual(['/overlay']);
    expect(all(plan, 'bind').map(({ path }) => path)).toEqual(expect.arrayContaining(['/ro', '/rw']));
  });

  test('come outer ones first, whatever the order in the job', () => {
    const plan = planFor({
      mounts: [
        { source: '/srv/b', target: '/a/b' },
        { source: '/srv/a', target: '/a' },
      ],
      tmpfs: [{ target: '/a/b/c' }],
    });
    expect(indexOf(plan, 'bind', '/a')).toBeLessThan(indexOf(plan, 'bind', '/a/b'));
    expect(indexOf(plan, 'bind', '/a/b')).toBeLessThan(indexOf(plan, 'tmpfs', '/a/b/c'));
  });

  test('in memory are never larger than the disk limit', () => {
    const sizes = (size: string | undefined) =>
      all(planFor({ tmpfs: [{ target: '/t', size }], limits: { disk: '1MiB' } }), 'tmpfs').map(
        ({ bytes }) => bytes,
      );
    expect([sizes(undefined), sizes('64KiB'), sizes('1GiB')]).toEqual([[1_048_576], [65_536], [1_048_576]]);
  });
});

describe("the host image's users", () => {
  const names = (user: string) => {
    const plan = planFor({ user });
    return ['/etc/passwd', '/etc/group'].map((path) =>
      textOf(plan, path)
        .trim()
        .split('\n')
        .map((line) => line.split(':')[0]),
    );
  };

  test("are root, nobody and box with the job's ids", () => {
    const plan = planFor({ user: '7:8' });
    expect(textOf(plan, '/etc/passwd')).toContain('\nbox:x:7:8::/box:/bin/sh\n');
    expect(textOf(plan, '/etc/group')).toContain('\nbox:x:8:\n');
    expect(names('1000')).toEqual([
      ['root', 'box', 'nobody'],
      ['root', 'tty', 'box', 'nogroup'],
    ]);
  });

  test.each(['0:0', '65534:65534'])('have no second name for %s', (user) => {
    expect(names(user)).toEqual([
      ['root', 'nobody'],
      ['root', 'tty', 'nogroup'],
    ]);
  });

  test('know their host by its name', () => {
    const plan = planFor({ hostname: 'judge' });
    expect(textOf(plan, '/etc/hostname')).toBe('judge\n');
    expect(textOf(plan, '/etc/hosts')).toContain('127.0.1.1 judge\n');
    expect(textOf(plan, '/etc/resolv.conf')).toBe('');
  });
});

test('a directory image is the root, changes beside it, and nothing of the host is in it', () => {
  const plan = planFor({ image: 'dir:/srv/tree' });
  expect(all(plan, 'source')[0]).toEqual({
    op: 'source',
    path: '/srv/tree',
    flags: ['noDevices', 'mapSlot'],
  });
  expect(indexOf(plan, 'overlayRoot')).toBe(indexOf(plan, 'root') + 2);
  expect(all(plan, 'bind')).toEqual([]);
  expect(all(plan, 'file')).toEqual([]);
});
