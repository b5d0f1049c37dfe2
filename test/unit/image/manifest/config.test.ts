import { describe, expect, test } from 'vitest';
import { readConfig, writeConfig } from '../../../../src/image/manifest/index.js';

const DIFF = `sha256:${'1'.repeat(64)}`;
const read = (document: unknown) => readConfig(Buffer.from(JSON.stringify(document)), 'the configuration');
const withConfig = (config: unknown) => read({ rootfs: { diff_ids: [DIFF] }, config }).config;

const EMPTY = {
  entrypoint: [],
  cmd: [],
  env: {},
  workdir: null,
  user: null,
  labels: {},
  stopSignal: null,
  volumes: [],
  exposedPorts: [],
};

describe('what is refused', () => {
  test.each<[unknown, RegExp]>([
    [null, /the configuration is not valid: must be an object, not null/],
    [[], /not valid: must be an object, not a list of 0/],
    [{}, /has no layers/],
    [{ rootfs: { diff_ids: null } }, /has no layers/],
    [
      { rootfs: { diff_ids: ['sha256:../../etc/passwd'] } },
      /at "rootfs\.diff_ids\[0\]": must be "sha256:" and 64 hex digits, not "sha256:/,
    ],
    [{ rootfs: { diff_ids: Array(501).fill(DIFF) } }, /501 layers; at most 500/],
  ])('%j', (document, message) => {
    expect(() => read(document)).toThrow(message);
  });

  test.each<[unknown, RegExp]>([
    ['text', /at "config": must be an object, not "text"/],
    [{ Env: 'A=b' }, /at "config\.Env": must be a list, not "A=b"/],
    [{ Env: [1] }, /at "config\.Env\[0\]": must be text, not 1/],
    [{ Env: ['A=b\0c'] }, /has "A=b\\u0000c", with a NUL character/],
    [{ Cmd: [{}] }, /must be a list of texts/],
    [{ Entrypoint: ['a\0'] }, /NUL/],
    [{ Labels: { a: 1 } }, /at "config\.Labels\.a": must be text, not 1/],
    [{ Labels: [] }, /at "config\.Labels": must be an object/],
    [{ WorkingDir: 5 }, /at "config\.WorkingDir"/],
    [{ StopSignal: 'rm -rf /' }, /the stop signal "rm -rf \/", which is none/],
    [{ Volumes: ['/data'] }, /at "config\.Volumes": must be an object/],
  ])('a config part %j', (config, message) => {
    expect(() => withConfig(config)).toThrow(message);
  });

  test('10 MB of labels', () => {
    const labels = { big: 'x'.repeat(10_000_000) };
    expect(() => withConfig({ Labels: labels })).toThrow(/has 1000\d{4} bytes; at most 8388608/);
  });

  test('a document that is no UTF-8, no JSON, cut off, or nothing', () => {
    for (const bytes of [Buffer.from([0xff]), Buffer.from('{'), Buffer.alloc(0), Buffer.from('{"a":1}x')]) {
      expect(() => readConfig(bytes, 'the configuration')).toThrow(/the configuration is no JSON/);
    }
  });

  test('nesting without end', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(() => readConfig(Buffer.from(deep), 'the configuration')).toThrow(/not valid/);
  });
});

describe('what the world writes', () => {
  test.each<[unknown]>([
    [null],
    [undefined],
    [{}],
    [
      {
        Env: null,
        Cmd: null,
        Entrypoint: null,
        Labels: null,
        Volumes: null,
        ExposedPorts: null,
        WorkingDir: null,
        User: null,
        StopSignal: null,
      },
    ],
    [{ Hostname: 'x', AttachStdin: false, Healthcheck: {}, OnBuild: null }],
  ])('%j says nothing', (config) => {
    expect(withConfig(config)).toEqual(EMPTY);
  });

  test('a text instead of a list of words is one word', () => {
    expect(withConfig({ Entrypoint: '/bin/a b', Cmd: 'c' })).toMatchObject({
      entrypoint: ['/bin/a b'],
      cmd: ['c'],
    });
  });

  test('variables without a name or "=" set nothing, and the last of two counts', () => {
    const { env } = withConfig({ Env: ['A=1', 'B', '=c', '', 'D=', 'E=f=g', 'A=2', '__proto__=x'] });
    expect(Object.entries(env)).toEqual([
      ['A', '2'],
      ['D', ''],
      ['E', 'f=g'],
      ['__proto__', 'x'],
    ]);
    expect(Object.getPrototypeOf(env)).toBe(Object.prototype);
  });

  test.each([
    ['../..', '/'],
    ['a/b', '/a/b'],
    ['/a/../../etc', '/etc'],
    ['', null],
  ])('the working directory %j is %j', (WorkingDir, workdir) => {
    expect(withConfig({ WorkingDir }).workdir).toBe(workdir);
  });

  test('volumes and ports are sets of names', () => {
    const config = withConfig({
      Volumes: { '/data': {}, 'var/x/': null, '/data/': {}, '/': {}, '../': {} },
      ExposedPorts: { '80': {}, '53/udp': {}, '80/tcp': {}, 'x/y': {}, '8000-8010/tcp': {} },
    });
    expect(config.volumes).toEqual(['/data', '/var/x']);
    expect(config.exposedPorts).toEqual(['80/tcp', '53/udp', '8000-8010/tcp']);
  });

  test('labels may have any name', () => {
    const { labels } = read(
      JSON.parse(
        `{"rootfs":{"diff_ids":["${DIFF}"]},"config":{"Labels":{"__proto__":"x","constructor":null}}}`,
      ),
    ).config;
    expect(Object.entries(labels)).toEqual([
      ['__proto__', 'x'],
      ['constructor', ''],
    ]);
  });

  test('times with nanoseconds, and texts that are none', () => {
    const created = '2024-05-22T18:18:12.052034407Z';
    const document = read({
      created,
      rootfs: { diff_ids: [DIFF] },
      history: [{ created: 'yesterday', empty_layer: true }, {}],
    });
    expect(document.createdAt).toBe('2024-05-22T18:18:12.052Z');
    expect(document.history).toEqual([
      { createdAt: null, createdBy: '', comment: '', isEmpty: true },
      { createdAt: null, createdBy: '', comment: '', isEmpty: false },
    ]);
  });
});

test('what we write we read', () => {
  const config = {
    entrypoint: ['/bin/x'],
    cmd: ['a', ''],
    env: { A: '1', B: '' },
    workdir: '/srv',
    user: 'www-data:adm',
    labels: { a: 'b' },
    stopSignal: 'SIGINT',
    volumes: ['/data'],
    exposedPorts: ['80/tcp'],
  };
  const platform = { os: 'linux', architecture: 'arm', variant: 'v7' };
  const createdAt = '2024-05-22T18:18:12.052Z';
  const bytes = writeConfig({ config, platform, diffId: DIFF, createdAt, comment: 'by hand' });
  expect(readConfig(bytes, 'x')).toMatchObject({ ...platform, createdAt, config, diffIds: [DIFF] });
  expect(
    readConfig(writeConfig({ config: EMPTY, platform, diffId: DIFF, createdAt, comment: '' }), 'x').config,
  ).toEqual(EMPTY);
});
