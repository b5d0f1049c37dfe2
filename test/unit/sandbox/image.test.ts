/** Plans for images of the store: their layers, their lock, their users, and what root of them may do. */
import { describe, expect, test } from 'vitest';
import { planRun } from '../../../src/sandbox/plan.js';
import { parseJob, type ResolvedImage, settleJob } from '../../../src/spec/index.js';
import { all, errorOf, HOST, indexOf } from './support.js';

const PASSWD = 'root:x:0:0:root:/root:/bin/sh\napp:x:7:8::/srv/app:/bin/sh\n';

const IMAGE: ResolvedImage = {
  reference: 'web:1',
  id: `sha256:${'0'.repeat(64)}`,
  layers: ['/store/low', '/store/high'],
  lockPath: '/store/lock',
  config: {
    entrypoint: [],
    cmd: ['serve'],
    env: { A: 'image' },
    workdir: '/srv/web',
    user: null,
    labels: {},
    stopSignal: null,
    volumes: [],
    exposedPorts: [],
  },
  passwd: PASSWD,
  group: '',
};

interface Given {
  readonly job?: Record<string, unknown>;
  readonly image?: Partial<ResolvedImage>;
  readonly uid?: number;
  readonly groups?: readonly number[];
}

function planOf({ job: part = {}, image: other = {}, uid = 0, groups = [] }: Given = {}) {
  const image = { ...IMAGE, ...other };
  const job = settleJob(parseJob({ image: 'web:1', ...part }), image);
  const ids = { uid, gid: uid };
  return planRun({ job, host: HOST, ids, groups, image, files: [], workdir: job.workdir, cpuCount: 4 });
}

const FULL_MASK = 0x8004_05fbn;
const masks = (given: Given) => all(planOf(given), 'capabilities').map(({ mask }) => mask);
const envOf = (given: Given) => all(planOf(given), 'env').map(({ value }) => value);

describe('the root of an image', () => {
  test('is its layers, lowest first, read-only and without devices, under its lock', () => {
    const plan = planOf();
    const sources = all(plan, 'source');
    expect(all(plan, 'overlayRoot')[0]?.sources.map((index) => sources[index])).toEqual(
      IMAGE.layers.map((path) => ({ op: 'source', path, flags: ['readOnly', 'noDevices', 'mapSlot'] })),
    );
    expect(all(plan, 'hold')).toEqual([{ op: 'hold', value: '/store/lock' }]);
  });

  test('shows nothing of the host but the devices', () => {
    const foreign = all(planOf(), 'source').filter(({ path }) => !/^\/(?:store|dev)\//.test(path));
    expect(foreign).toEqual([]);
    expect(all(planOf(), 'bind')).toEqual([]);
  });

  test('keeps what the image has in the working directory and for temporary files', () => {
    const plan = planOf({ uid: 7 });
    for (const path of ['/tmp', '/var/tmp', '/srv/web', '/proc']) indexOf(plan, 'ensure', path);
    expect(all(plan, 'directory').map(({ path }) => path)).toEqual(['/dev/shm', '/dev/pts']);
  });

  test('has a place of our own only when nobody named another', () => {
    const config = { ...IMAGE.config, workdir: null };
    indexOf(planOf({ image: { config } }), 'directory', '/box');
    expect(() => indexOf(planOf(), 'directory', '/box')).toThrow();
  });

  test('is nothing to be made where the program starts in it', () => {
    const plan = planOf({ job: { workdir: '/' } });
    expect(plan.filter((operation) => 'path' in operation && operation.path === '/')).toEqual([]);
  });

  test('has our names, unless it has something else in their place', () => {
    expect(
      all(planOf(), 'offer')
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['/etc/hostname', '/etc/hosts', '/etc/resolv.conf']);
    expect(all(planOf(), 'file')).toEqual([]);
  });

  test('is never that of an image that was not found', () => {
    const job = settleJob(parseJob({ image: 'web:1' }), IMAGE);
    const ids = { uid: 0, gid: 0 };
    const plan = () => planRun({ job, host: HOST, ids, files: [], workdir: '/', cpuCount: 4 });
    expect(errorOf(plan).code).toBe('internal');
  });
});

describe('capabilities', () => {
  test("are docker's for root, without those that reach further", () => {
    expect(masks({})).toEqual([FULL_MASK]);
    expect(masks({ job: { isolation: 'namespaces' } })).toEqual([FULL_MASK]);
  });

  test('are those that the job leaves', () => {
    expect(masks({ job: { capDrop: ['CHOWN', 'SETFCAP'] } })).toEqual([0x405fan]);
    expect(masks({ job: { capDrop: ['ALL'], capAdd: ['NET_BIND_SERVICE'] } })).toEqual([0x400n]);
    expect(masks({ job: { capDrop: ['ALL'] } })).toEqual([]);
  });

  test.each<[string, Given]>([
    ['anybody else', { uid: 7 }],
    ['an id that is nearly root', { uid: 65_534 }],
    ['root without a user namespace', { job: { isolation: 'chroot' } }],
  ])('are not for %s', (_, given) => {
    expect(masks(given)).toEqual([]);
  });

  test("are not for root of the host's own view, but for root of a directory", () => {
    const plan = (image: string) => {
      const job = settleJob(parseJob({ image, command: ['x'] }), null);
      const ids = { uid: 0, gid: 0 };
      return planRun({ job, host: HOST, ids, files: [], workdir: '/box', cpuCount: 4 });
    };
    expect(all(plan('host'), 'capabilities')).toEqual([]);
    expect(all(plan('dir:/srv/tree'), 'capabilities').map(({ mask }) => mask)).toEqual([FULL_MASK]);
  });
});

describe('the user', () => {
  test('has the groups of the image besides its own', () => {
    expect(all(planOf({ uid: 7, groups: [8, 9] }), 'groups')).toEqual([{ op: 'groups', gids: [8, 9] }]);
    expect(all(planOf({ uid: 7 }), 'groups')).toEqual([]);
  });

  test.each<[string, Given, string]>([
    ['the table says', { uid: 7 }, '/srv/app'],
    ['root usually has', { image: { passwd: '' } }, '/root'],
    ['the program starts', { uid: 9 }, '/srv/web'],
    [
      'the image says in its environment',
      { image: { config: { ...IMAGE.config, env: { HOME: '/h' } } } },
      '/h',
    ],
    ['the job says', { job: { env: { HOME: '/j' } } }, '/j'],
  ])('is at home where %s', (_, given, home) => {
    expect(envOf(given)).toContain(`HOME=${home}`);
  });

  test.each(['home', '', '/a\0b', '/a\x1b', `/${'a'.repeat(5000)}`])(
    'is not at home at %j, whatever the table says',
    (home) => {
      const passwd = `root:x:0:0::${home}:/bin/sh\n`;
      expect(envOf({ image: { passwd } })).toContain('HOME=/root');
    },
  );

  test("has the image's environment under its job's", () => {
    expect(envOf({ job: { env: { B: 'job' } } })).toEqual(expect.arrayContaining(['A=image', 'B=job']));
    expect(envOf({ job: { env: { A: 'job' } } })).toContain('A=job');
  });
});
