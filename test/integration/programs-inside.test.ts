import { describe, expect, test } from 'vitest';
import { ending, exited, lines, text, useCell, values } from '../support/cell.js';

const cell = useCell({ concurrency: 64 });

const NO_CAPABILITIES = '0'.repeat(16);
/** NOROOT, NO_SETUID_FIXUP, KEEP_CAPS off and NO_CAP_AMBIENT_RAISE, each with its lock. See capabilities(7). */
const SECUREBITS_LOCKED = 0b1110_1111;

describe('what a program is', () => {
  test('an ordinary user without a single capability, for good', async () => {
    const got = values(await cell.program('print-credentials'));
    expect(got.get('Uid')).toBe('1000 1000 1000 1000');
    expect(got.get('Gid')).toBe('1000 1000 1000 1000');
    expect(['', '1000']).toContain(got.get('Groups'));
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      expect(got.get(set), set).toBe(NO_CAPABILITIES);
    expect(got.get('NoNewPrivs')).toBe('1');
    expect(got.get('Seccomp')).toBe('2');
    expect(Number(got.get('securebits'))).toBe(SECUREBITS_LOCKED);
  });

  test.each([
    ['0:0', '0 0 0 0'],
    ['65534:65534', '65534 65534 65534 65534'],
    ['1000', '1000 1000 1000 1000'],
    ['nobody', '65534 65534 65534 65534'],
  ])('user %s gets its ids and still no capability', async (user, ids) => {
    const outcome = await cell.run({ command: ['/bin/cat', '/proc/self/status'], user });
    const status = text(outcome.stdout).replaceAll('\t', ' ');
    expect(status).toContain(`Uid: ${ids}`);
    expect(status).toContain(`CapPrm: ${NO_CAPABILITIES}`);
    expect(status).toContain(`CapBnd: ${NO_CAPABILITIES}`);
  });

  test('process 2 below an init, leading its own session', async () => {
    const got = values(await cell.program('print-credentials'));
    expect(got.get('pid')).toBe('2');
    expect(got.get('ppid')).toBe('1');
    expect(got.get('pgid')).toBe('2');
    expect(got.get('sid')).toBe('2');
  });

  test('started with nothing ignored, blocked or pending', async () => {
    const outcome = await cell.program('print-signals');
    const masks = lines(outcome).filter((line) => !line.startsWith('SigQ'));
    expect(masks).toHaveLength(5);
    for (const line of masks) expect(line).toMatch(/^\w+:\s+0{16}$/);
  });
});

describe('what a program has', () => {
  test('exactly three open descriptors', async () => {
    const outcome = await cell.program('print-fds');
    expect(lines(outcome).map((line) => line.split(' ')[0])).toEqual(['0', '1', '2']);
  });

  test('exactly three open descriptors while 64 runs start at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 64 }, async () => await cell.program('print-fds')),
    );
    for (const outcome of outcomes) expect(lines(outcome)).toHaveLength(3);
  });

  test('the environment that the job gives and the few variables that programs need', async () => {
    process.env.HOTCELL_TEST_CANARY = 'must not be seen';
    const outcome = await cell.program('print-environment', ['a b', '', '*'], {
      env: { EMPTY: '', TEXT: 'ü=\n2' },
    });
    delete process.env.HOTCELL_TEST_CANARY;
    const printed = text(outcome.stdout);
    expect(printed.startsWith('arg ./print-environment\narg a b\narg \narg *\n')).toBe(true);
    expect(printed).toContain('env EMPTY=\n');
    expect(printed).toContain('env TEXT=ü=\n2\n');
    expect(printed).not.toContain('CANARY');
    const names = [...printed.matchAll(/^env (\w+)=/gm)].map(([, name]) => name);
    expect(names.sort()).toEqual(['EMPTY', 'HOME', 'PATH', 'TEXT']);
    expect(printed).toMatch(/^env HOME=\/box$/m);
  });

  test('a directory, a host name and a umask of its own', async () => {
    const plain = values(await cell.program('print-environment'));
    expect(plain.get('cwd')).toBe('/box');
    expect(plain.get('host')).toBe('hotcell');
    expect(plain.get('umask')).toBe('022');
    const given = values(
      await cell.run({
        command: ['/bin/sh', '-c', 'echo "cwd $(pwd)"; echo "host $(uname -n)"'],
        workdir: '/tmp',
        hostname: 'other',
      }),
    );
    expect(Object.fromEntries(given)).toEqual({ cwd: '/tmp', host: 'other' });
  });

  test('resource limits that it cannot raise', async () => {
    const got = values(await cell.program('print-limits', [], { limits: { openFiles: 77, stack: '1MiB' } }));
    expect(got.get('nofile')).toBe('77 77');
    expect(got.get('stack')).toBe(`${1024 ** 2} ${1024 ** 2}`);
    // A core limit of 1, not 0: with 0 the kernel still starts a helper named by core_pattern with a pipe.
    expect(got.get('core')).toBe('1 1');
    expect(got.get('rtprio')).toBe('0 0');
    expect(got.get('nice')).toBe('0 0');
  });
});

describe('what a program sees mounted', () => {
  const parse = (line: string): { target: string; options: Set<string>; type: string } => {
    const [before = '', after = ''] = line.split(' - ');
    const fields = before.split(' ');
    return {
      target: fields[4] ?? '',
      options: new Set(fields[5]?.split(',')),
      type: after.split(' ')[0] ?? '',
    };
  };

  test('nothing with devices or setuid, and nothing of the host writable', async () => {
    const mounts = lines(await cell.program('print-mounts')).map(parse);
    expect(mounts.length).toBeGreaterThan(3);
    for (const { target, options, type } of mounts) {
      expect(options.has('nosuid'), `${target} nosuid`).toBe(true);
      const isDevice = target.startsWith('/dev/');
      if (!isDevice) expect(options.has('nodev'), `${target} nodev`).toBe(true);
      if (!['tmpfs', 'overlay', 'proc', 'devpts', 'devtmpfs', 'mqueue'].includes(type))
        expect(options.has('ro'), `${target} ro`).toBe(true);
    }
  });

  test('no path of the host, and no sysfs or cgroup', async () => {
    const mounts = lines(await cell.program('print-mounts'));
    for (const line of mounts)
      expect(line).not.toMatch(/ - (sysfs|cgroup2?|securityfs|debugfs|tracefs|bpf) /);
    const targets = mounts.map((line) => parse(line).target);
    for (const hidden of ['/sys', '/home', '/root', '/var', '/run']) expect(targets).not.toContain(hidden);
  });
});

test('a program may leave through every way out of main', async () => {
  const script = 'kill -TERM $$; exit 3';
  expect((await cell.run({ command: ['/bin/sh', '-c', script] })).signal).toBe('SIGTERM');
  const shell = await cell.run({ command: ['/bin/sh', '-c', 'sh -c "kill -KILL \\$\\$"; exit $?'] });
  // What a shell says of its child is the shell's exit code, not our signal.
  expect(ending(shell)).toEqual(exited(137));
});
