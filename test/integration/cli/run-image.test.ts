/** Programs in images of the store: what of an image's config holds, and what the command line changes of it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tarOf } from '../../support/archives/index.js';
import { program } from '../../support/programs.js';
import { archiveOf, idOf, rootTar, testImage } from './image-support.js';
import { finished, hotcell, printed, start, useDirectory } from './support.js';

const directory = useDirectory();

/** In the store that all tests of this file share: layers are unpacked once. */
async function cli(argv: readonly string[], input: Uint8Array | string = '') {
  const { code, stdout, stderr } = await hotcell(argv, { cwd: directory.path, input });
  return { code, out: stdout.toString(), err: stderr };
}

const MORE = [
  ...['print-credentials', 'print-mounts', 'wait-for-signal', 'write-file', 'exit-with'].map((name) => ({
    name: `bin/${name}`,
    mode: 0o755,
    body: readFileSync(program(name)),
  })),
  { name: 'etc/group', body: 'root:x:0:\nsrv:x:33:\nstaff:x:50:srv\n' },
  { name: 'srv/', type: '5', mode: 0o755, uid: 33, gid: 33 },
  { name: 'data/', type: '5', mode: 0o755 },
  { name: 'data/kept', body: 'of the image' },
];

const image = (config: object, tag = 'tool:1.0') =>
  testImage({ layers: [{ tar: rootTar(MORE) }], config, tag });

async function load(config: object, tag?: string): Promise<string> {
  const one = image(config, tag);
  const { code, err } = await cli(['image', 'load'], archiveOf(one));
  expect([code, err]).toEqual([0, '']);
  return idOf(one);
}

const run = async (...argv: string[]) => await cli(['run', ...argv]);

/** What `print-environment` or `print-credentials` said of this. */
const said = (out: string, key: string): string[] =>
  out
    .split('\n')
    .filter((line) => line.startsWith(`${key} `))
    .map((line) => line.slice(key.length + 1));

describe('the config of an image', () => {
  const SHOW = {
    Entrypoint: ['/bin/print-environment', '-e'],
    Cmd: ['cmd'],
    Env: ['PATH=/bin', 'A=image', 'B=image'],
    WorkingDir: '/srv/app',
  };

  it('says what runs, where, and with which environment', async () => {
    await load(SHOW);
    const { code, out, err } = await run('--image', 'tool:1.0', '--env', 'B=mine');
    expect([code, err]).toEqual([0, '']);
    expect(said(out, 'arg')).toEqual(['/bin/print-environment', '-e', 'cmd']);
    expect(said(out, 'env').sort()).toEqual(['A=image', 'B=mine', 'HOME=/root', 'PATH=/bin']);
    expect(said(out, 'cwd')).toEqual(['/srv/app']);
  });

  it('gives way to the command line', async () => {
    await load(SHOW);
    const argv = async (...words: string[]) => said((await run('--image', 'tool:1.0', ...words)).out, 'arg');
    expect(await argv('x', 'y')).toEqual(['/bin/print-environment', '-e', 'x', 'y']);
    expect(await argv('--entrypoint', 'print-environment')).toEqual(['print-environment']);
    expect(await argv('--entrypoint', 'print-environment', 'x')).toEqual(['print-environment', 'x']);
    expect(await argv('--entrypoint=', 'print-environment')).toEqual(['print-environment']);
    const there = await run('--image', 'tool:1.0', '-w', '/data', '--hostname', 'there');
    expect([said(there.out, 'cwd'), said(there.out, 'host')]).toEqual([['/data'], ['there']]);
  });

  it.each([
    [null, '0', '0', '0'],
    ['33', '33', '33', '33 50'],
    ['srv', '33', '33', '33 50'],
    ['srv:staff', '33', '50', '50'],
    ['33:50', '33', '50', '50'],
    ['1234', '1234', '0', '0'],
  ])('says as whom: %s is %s:%s and in the groups "%s"', async (user, uid, gid, groups) => {
    await load({ Cmd: ['/bin/print-credentials'], ...(user !== null && { User: user }) });
    const { out, err } = await run('--image', 'tool:1.0');
    expect(err).toBe('');
    expect(said(out, 'Uid')).toEqual([`${uid} ${uid} ${uid} ${uid}`]);
    expect(said(out, 'Gid')).toEqual([`${gid} ${gid} ${gid} ${gid}`]);
    expect(said(out, 'Groups')).toEqual([groups]);
  });

  it('gives way to --user, which may be a name of the image', async () => {
    await load({ Cmd: ['/bin/print-credentials'], User: 'srv' });
    const { out } = await run('--image', 'tool:1.0', '--user', '0:0');
    expect(said(out, 'Uid')).toEqual(['0 0 0 0']);
    const named = await run('--image', 'tool:1.0', '-u', 'srv:staff');
    expect([said(named.out, 'Uid'), said(named.out, 'Gid')]).toEqual([['33 33 33 33'], ['50 50 50 50']]);
  });

  it('is refused when it names somebody whom the image does not know', async () => {
    await load({ Cmd: ['/bin/true'], User: 'srw' });
    const { code, out, err } = await run('--image', 'tool:1.0');
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^hotcell run: .*image "tool:1\.0": .*"srw"; did you mean "srv"\?\n$/);
    const asked = await run('--image', 'tool:1.0', '--user', 'nobody-here');
    expect(asked.err).toMatch(/^hotcell run: .*"nobody-here"/);
  });

  it('has a fresh place for each volume, unless something is mounted there', async () => {
    await load({ Cmd: ['/bin/print-mounts'], Volumes: { '/data': {}, '/cache': {} } });
    const mounts = async (...flags: string[]) =>
      (await run('--image', 'tool:1.0', ...flags)).out
        .split('\n')
        .filter((line) => / \/(data|cache) /.test(line))
        .map((line) => `${line.split(' ')[4]} ${line.split(' - ')[1]?.split(' ')[0]}`)
        .sort();
    expect(await mounts()).toEqual(['/cache tmpfs', '/data tmpfs']);
    mkdirSync(join(directory.path, 'own'));
    const [cache, data] = await mounts('-v', `${directory.path}/own:/data`);
    expect(cache).toBe('/cache tmpfs');
    expect(data).toMatch(/^\/data (?!tmpfs)/);
  });

  it('does not say what to run, and nobody else does', async () => {
    await load({});
    expect(await run('--image', 'tool:1.0')).toEqual({
      code: 2,
      out: '',
      err: 'hotcell run: image "tool:1.0" does not say what to run; name a command\n',
    });
  });

  it('has a signal with which the program is asked to end', async () => {
    await load({ Cmd: ['/bin/wait-for-signal'], StopSignal: 'SIGUSR1' });
    const child = start(['run', '--image', 'tool:1.0']);
    await printed(child, 'ready\n');
    child.kill('SIGTERM');
    const { code, stdout } = await finished(child);
    expect([code, stdout.toString()]).toEqual([10, 'got 10\n']);
  });
});

describe('root of an image', () => {
  const masks = (out: string): string[] =>
    ['CapPrm', 'CapEff', 'CapBnd', 'CapInh', 'CapAmb'].flatMap((key) => said(out, key));

  it('has as much as docker gives it, or as little as is asked for', async () => {
    await load({ Cmd: ['/bin/print-credentials'] });
    const caps = async (...flags: string[]) => masks((await run('--image', 'tool:1.0', ...flags)).out);
    const [none, all] = ['0000000000000000', '00000000800405fb'];
    expect(await caps()).toEqual([all, all, all, none, none]);
    expect(await caps('--cap-drop', 'ALL')).toEqual([none, none, none, none, none]);
    expect((await caps('--cap-drop', 'ALL', '--cap-add', 'chown')).slice(0, 3)).toEqual([
      '0000000000000001',
      '0000000000000001',
      '0000000000000001',
    ]);
    expect(await caps('--user', '1000')).toEqual([none, none, none, none, none]);
    expect((await run('--image', 'tool:1.0', '--cap-add', 'SYS_ADMIN')).err).toMatch(
      /^hotcell run: --cap-add: "SYS_ADMIN" is never given; a program can have CHOWN, .*\n$/,
    );
  });

  it('writes to a root that is gone afterwards, or to none', async () => {
    await load({ Entrypoint: ['/bin/write-file'], WorkingDir: '/data' });
    expect(await run('--image', 'tool:1.0', '100')).toMatchObject({ code: 0, out: 'bytes 100\n' });
    expect(await run('--image', 'tool:1.0', '--copy-out', 'file', '--copy-out', 'kept', '100')).toMatchObject(
      {
        code: 0,
      },
    );
    const read = await run('--image', 'tool:1.0', '--read-only', '100');
    expect(read.code).not.toBe(0);
  });
});

describe('an image by its name', () => {
  it('that is not there is named with what may have been meant', async () => {
    await load({ Cmd: ['/bin/true'] });
    const { code, out, err } = await run('--image', 'tol:1.0', 'x');
    expect([code, out]).toEqual([125, '']);
    expect(err).toMatch(/^hotcell: --image: .*"tol:1\.0".*did you mean "tool:1\.0"\?\n/);
  });

  it('that is a file or a directory here says how to use that', async () => {
    writeFileSync(join(directory.path, 'root.tar'), tarOf([]));
    mkdirSync(join(directory.path, 'root'));
    expect((await run('--image', 'root.tar', 'x')).err).toContain('hotcell image load -i root.tar');
    expect((await run('--image', './root.tar', 'x')).err).toContain('hotcell image load -i PATH');
    expect((await run('--image', 'root', 'x')).err).toContain('--image dir:./root');
    expect((await run('--image', './root', 'x')).err).toContain('"dir:PATH"');
  });

  it('may be its id, or the beginning of it, and the outcome has both', async () => {
    const id = await load({ Cmd: ['/bin/true'] });
    for (const reference of ['tool:1.0', id, id.slice('sha256:'.length, 'sha256:'.length + 12)]) {
      const { code, out } = await run('--json', '--image', reference);
      expect([code, JSON.parse(out).image]).toEqual([0, { reference, id }]);
    }
  });

  it('is what it means when the run starts', async () => {
    const first = await load({ Cmd: ['/bin/true'] });
    const second = await load({ Cmd: ['/bin/exit-with', '3'] });
    expect(first).not.toBe(second);
    const { code, out } = await run('--json', '--image', 'tool:1.0');
    expect([code, JSON.parse(out).image.id]).toEqual([3, second]);
    expect((await cli(['image', 'rm', 'tool:1.0'])).code).toBe(0);
    expect((await run('--image', 'tool:1.0')).code).toBe(125);
  });

  it('is recognised in the order of docker', async () => {
    await load({ Cmd: ['/bin/true'] }, 'tool:latest');
    const { code, err } = await run('tool', 'sh');
    expect([code, err]).toEqual([
      127,
      expect.stringMatching(/there is an image of that name: hotcell run --image tool\n$/),
    ]);
  });

  it('takes a program of this host in', async () => {
    await load({});
    writeFileSync(join(directory.path, 'mine'), readFileSync(program('print-environment')));
    const { code, out } = await run('--image', 'tool:1.0', './mine', 'x');
    expect([code, said(out, 'arg'), said(out, 'cwd')]).toEqual([0, ['/box/mine', 'x'], ['/box']]);
  });
});

describe('a run that is kept', () => {
  it('is found by any name of its image', async () => {
    const id = await load({ Cmd: ['/bin/true'] }, 'tool:latest');
    expect((await run('--image', 'tool', '--name', 'kept')).code).toBe(0);
    const found = async (ancestor: string) =>
      (await cli(['ps', '-a', '--filter', `ancestor=${ancestor}`, '--format', '{{.Names}}'])).out;
    expect(await found('tool:latest')).toBe('kept\n');
    expect(await found(id.slice(7, 19))).toBe('kept\n');
    expect(await found('tool:2')).toBe('');
  });
});
