import { describe, expect, test } from 'vitest';
import type { PlanInput } from '../../../src/sandbox/plan.js';
import { all, HOST, indexOf, planFor } from './support.js';

const LEVELS = ['full', 'namespaces', 'chroot', 'none'] as const;

/** As much as a job can ask for at once. */
const RICH = {
  mounts: [
    { source: '/srv/data', target: '/data' },
    { source: '/srv/work', target: '/work', mode: 'rw' },
    { source: '/srv/lib', target: '/lib/own', mode: 'overlay' },
  ],
  tmpfs: [{ target: '/scratch', size: '1MiB' }],
  outputs: ['out.txt', '/tmp/other'],
  tty: { rows: 24, cols: 80 },
  stdin: 'x',
  readOnlyRoot: true,
};
const FILES: PlanInput['files'] = [
  { path: '/box/a', mode: 0o644, content: { bytes: Uint8Array.of(1) } },
  { path: '/box/b', mode: 0o755, content: { path: '/srv/b' } },
];
/** A plain process has no file system of its own to put mounts in. */
function rich(isolation: (typeof LEVELS)[number]) {
  const { mounts: _mounts, tmpfs: _tmpfs, readOnlyRoot: _readOnlyRoot, ...plain } = RICH;
  return isolation === 'none'
    ? planFor({ ...plain, isolation })
    : planFor({ ...RICH, isolation }, { files: FILES });
}

describe('at every level', () => {
  test.each(LEVELS)('%s: the sandbox comes first, and the command is last', (isolation) => {
    const plan = rich(isolation);
    expect(plan[0]?.op).toBe('sandbox');
    expect(plan.at(-1)).toEqual({ op: 'arg', value: './program' });
  });

  test.each(LEVELS)('%s: every source that is used was named before', (isolation) => {
    let named = 0;
    for (const operation of rich(isolation)) {
      if (operation.op === 'source') named++;
      if ('source' in operation) {
        expect(operation.source, operation.op).toBeGreaterThanOrEqual(0);
        expect(operation.source, operation.op).toBeLessThan(named);
      }
    }
  });

  test.each(LEVELS)(
    '%s: no source is of the host but devices, what the image shows and what the job names',
    (isolation) => {
      const known = /^(?:\/usr|\/etc\/ld\.so\.cache|\/dev\/(?:null|zero|full|u?random|tty)|\/srv\/\w+)$/;
      for (const { path } of all(rich(isolation), 'source')) expect(path).toMatch(known);
    },
  );

  test.each(LEVELS)("%s: the environment is the job's, with nothing of ours", (isolation) => {
    const env = all(planFor({ isolation, env: { A: '1', PATH: '/x' } }), 'env').map(({ value }) => value);
    expect(env).toEqual(['PATH=/x', 'HOME=/box', 'A=1']);
  });

  test.each(LEVELS)('%s: standard input is a pipe only when there is some', (isolation) => {
    const pipe = (stdin: unknown) =>
      all(planFor({ isolation, stdin }), 'sandbox')[0]?.spaces.includes('stdinPipe');
    expect([pipe(''), pipe('x'), pipe({ stream: true })]).toEqual([false, true, true]);
  });
});

describe('levels differ', () => {
  const spaces = (part: Record<string, unknown>) => all(planFor(part), 'sandbox')[0]?.spaces;
  const NAMESPACES = ['user', 'mount', 'pid', 'ipc', 'uts', 'cgroupNamespace', 'dropPrivileges'];

  test.each([
    [{ isolation: 'full' }, [...NAMESPACES, 'cgroup', 'network']],
    [{ isolation: 'full', network: 'loopback' }, [...NAMESPACES, 'cgroup', 'network', 'loopback']],
    [{ isolation: 'full', network: 'host' }, [...NAMESPACES, 'cgroup']],
    [{ isolation: 'namespaces' }, [...NAMESPACES, 'network']],
    [{ isolation: 'namespaces', network: 'host' }, NAMESPACES],
    [{ isolation: 'chroot' }, ['mount', 'dropPrivileges']],
    [{ isolation: 'none' }, ['dropPrivileges']],
  ])('%j', (part, expected) => {
    expect(spaces(part)).toEqual(expected);
  });

  test.each([
    ['full', 1, 1, 1],
    ['namespaces', 0, 1, 1],
    ['chroot', 0, 0, 1],
    ['none', 0, 0, 0],
  ] as const)('%s: %i filter, %i hostname, %i root', (isolation, filters, hostnames, roots) => {
    const plan = planFor({ isolation });
    const count = (name: 'seccomp' | 'hostname' | 'root' | 'enter') => all(plan, name).length;
    expect([count('seccomp'), count('hostname'), count('root'), count('enter')]).toEqual([
      filters,
      hostnames,
      roots,
      roots,
    ]);
  });

  test('a job may go without the filter', () => {
    expect(all(planFor({ seccomp: 'unconfined' }), 'seccomp')).toEqual([]);
  });

  test.each(LEVELS)('%s: cgroup limits only with a cgroup', (isolation) => {
    const limits = all(planFor({ isolation, limits: { cpus: 1 } }), 'limit').map(({ limit }) => limit);
    const hasCgroup = isolation === 'full';
    for (const limit of ['memoryBytes', 'pids', 'cpuQuotaUs'] as const)
      expect(limits.includes(limit)).toBe(hasCgroup);
    expect(limits).toEqual(
      expect.arrayContaining(['cpuTimeNs', 'wallTimeNs', 'outputBytes', 'copyOutBytes']),
    );
  });

  test.each(LEVELS)('%s: runs as the user of the job', (isolation) => {
    expect(all(planFor({ isolation }), 'identity')).toEqual([{ op: 'identity', uid: 1000, gid: 1000 }]);
    expect(all(planFor({ isolation, user: '7:8' }), 'identity')).toEqual([
      { op: 'identity', uid: 7, gid: 8 },
    ]);
  });
});

describe('names', () => {
  const names = { resolvConf: Buffer.from('nameserver 192.0.2.1\n'), hosts: Buffer.from('192.0.2.2 db\n') };
  const contents = (part: Record<string, unknown>, rest: Partial<PlanInput> = {}) =>
    Object.fromEntries(
      [...all(planFor(part, rest), 'file'), ...all(planFor(part, rest), 'offer')]
        .filter(({ path }) => path === '/etc/hosts' || path === '/etc/resolv.conf')
        .map(({ path, content }) => [path, Buffer.from(content).toString()]),
    );

  test("are the host's on its network, and the sandbox's own", () => {
    expect(contents({ network: 'host', hostname: 'cell' }, { names })).toEqual({
      '/etc/hosts': '192.0.2.2 db\n127.0.1.1 cell\n',
      '/etc/resolv.conf': 'nameserver 192.0.2.1\n',
    });
  });

  test('of a host that has none are as without its network', () => {
    const none = { resolvConf: null, hosts: null };
    expect(contents({ network: 'host' }, { names: none })).toEqual(contents({}));
    expect(contents({})).toEqual({
      '/etc/hosts': '127.0.0.1 localhost\n::1 localhost\n127.0.1.1 hotcell\n',
      '/etc/resolv.conf': '',
    });
  });

  test("take the place of another image's", () => {
    expect(contents({ image: 'dir:/srv/image' })).toEqual(contents({}));
    expect(contents({ image: 'dir:/srv/image' }, { names })).toMatchObject({
      '/etc/resolv.conf': 'nameserver 192.0.2.1\n',
    });
  });
});

describe("the job's own", () => {
  test('outputs are absolute, from the working directory', () => {
    const outputs = (workdir: string) =>
      all(planFor({ workdir, outputs: ['a/b', '/c'] }), 'output').map(({ value }) => value);
    expect(outputs('/box')).toEqual(['/box/a/b', '/c']);
    expect(outputs('/')).toEqual(['/a/b', '/c']);
  });

  test("files are its user's, by content or copied from the host", () => {
    const plan = planFor({ user: '7:8' }, { files: FILES });
    const owner = { uid: 7, gid: 8 };
    expect(plan).toContainEqual({
      op: 'file',
      path: '/box/a',
      mode: 0o644,
      content: Uint8Array.of(1),
      ...owner,
    });
    const source = all(plan, 'source').findIndex(({ path }) => path === '/srv/b');
    expect(all(plan, 'source')[source]?.flags).toEqual(['file']);
    expect(all(plan, 'copy')).toEqual([{ op: 'copy', source, path: '/box/b', mode: 0o755, ...owner }]);
    expect(indexOf(plan, 'copy')).toBeLessThan(indexOf(plan, 'enter'));
  });

  test('terminal has a size, a console and a TERM', () => {
    const plan = planFor({ tty: { rows: 24, cols: 80 } });
    expect(all(plan, 'tty')).toEqual([{ op: 'tty', rows: 24, cols: 80 }]);
    expect(plan).toContainEqual({ op: 'env', value: 'TERM=xterm' });
    expect(all(plan, 'file').map(({ path }) => path)).toContain('/dev/console');
    expect(all(planFor(), 'file').map(({ path }) => path)).not.toContain('/dev/console');
  });

  test("home is the working directory, root's in the root", () => {
    const home = (workdir: string) => all(planFor({ workdir }), 'env')[1]?.value;
    expect([home('/work'), home('/')]).toEqual(['HOME=/work', 'HOME=/root']);
  });

  test('arguments are as given, empty ones too', () => {
    const command = ['/bin/echo', '', '--', '-n', 'a b'];
    expect(all(planFor({ command }), 'arg').map(({ value }) => value)).toEqual(command);
  });

  test("host may have another architecture's filter", () => {
    const [program] = all(planFor({}, { host: { ...HOST, arch: 'aarch64' } }), 'seccomp');
    expect(program?.program).not.toEqual(all(planFor(), 'seccomp')[0]?.program);
  });
});
