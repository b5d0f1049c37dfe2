import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archiveOf, idOf, rootTar, testImage, useHome, useSharedHome } from './image-support.js';
import { finished } from './support.js';

const home = useHome();

const IMAGE = testImage();
const ID = idOf(IMAGE);

const load = async (image = IMAGE) => await home.hotcell(['load'], archiveOf(image));

/** Times and sizes as they may be. */
const settled = (text: string): string =>
  text
    .replace(/\d+ (second|minute|hour|day|week|month|year)s? ago/g, 'AGO')
    .replace(/\b[\d.]+[kMG]?B\b/g, 'SIZE');

describe('hotcell image', () => {
  it('loads, lists, shows and removes', async () => {
    expect(await load()).toEqual({ code: 0, out: 'Loaded image: tool:1.0\n', err: '' });
    const short = ID.slice(7, 19);
    expect(settled((await home.hotcell(['image', 'ls'])).out)).toMatch(
      new RegExp(
        `^REPOSITORY   TAG       IMAGE ID       CREATED +SIZE\ntool         1\\.0       ${short}   AGO +SIZE\n$`,
      ),
    );
    expect(await home.hotcell(['images', '-q', '--no-trunc'])).toEqual({ code: 0, out: `${ID}\n`, err: '' });
    const [shown] = JSON.parse((await home.hotcell(['image', 'inspect', short])).out) as [object];
    expect(shown).toMatchObject({
      Id: ID,
      RepoTags: ['tool:1.0'],
      Created: expect.stringMatching(/^2026-01-01T00:00:00/),
      Architecture: 'amd64',
      Os: 'linux',
      Config: { Cmd: ['/bin/true'], Entrypoint: null, Labels: { team: 'compilers' } },
      RootFS: { Type: 'layers', Layers: [expect.stringMatching(/^sha256:[0-9a-f]{64}$/)] },
    });
    const format = '{{.CreatedBy}}|{{.Comment}}';
    expect((await home.hotcell(['image', 'history', '--format', format, 'tool:1.0'])).out).toBe(
      'ADD rootfs.tar /|by hand\n',
    );
    expect(await home.hotcell(['rmi', 'tool:1.0'])).toEqual({
      code: 0,
      out: `Untagged: tool:1.0\nDeleted: ${ID}\n`,
      err: '',
    });
    expect((await home.hotcell(['images', '-q'])).out).toBe('');
  });

  it('takes what it saved, with several images in one archive', async () => {
    await load();
    await load(testImage({ tag: 'other:2', config: { Cmd: ['/bin/sleep-forever'] } }));
    const archive = await home.bytes(['save', 'tool:1.0', 'other:2']);
    expect((await home.hotcell(['image', 'save', '-o', 'both.tar', 'tool:1.0', 'other:2'])).code).toBe(0);
    expect(readFileSync(join(home.directory, 'both.tar')).equals(archive)).toBe(true);
    expect((await home.hotcell(['rmi', 'tool:1.0', 'other:2'])).code).toBe(0);
    const loaded = await home.hotcell(['load'], archive);
    expect(loaded.out.split('\n').sort()).toEqual(['', 'Loaded image: other:2', 'Loaded image: tool:1.0']);
    expect((await home.hotcell(['images', '-q', '--no-trunc', 'tool'])).out).toBe(`${ID}\n`);
    expect((await home.hotcell(['load', '-qi', 'both.tar'])).out.split('\n')).toContain(ID);
  });

  it('gives an image more names, and takes them one by one', async () => {
    await load();
    expect(await home.hotcell(['tag', 'tool:1.0', 'localhost:5000/team/tool'])).toMatchObject({
      code: 0,
      out: '',
    });
    const names = ['images', '--format', '{{.Repository}}:{{.Tag}}'];
    expect((await home.hotcell(names)).out.split('\n').sort()).toEqual([
      '',
      'localhost:5000/team/tool:latest',
      'tool:1.0',
    ]);
    expect((await home.hotcell(['image', 'rm', 'tool:1.0'])).out).toBe('Untagged: tool:1.0\n');
    expect((await home.hotcell(names)).out).toBe('localhost:5000/team/tool:latest\n');
  });

  it('refuses to remove an image that a run uses, and keeps it', async () => {
    await load();
    const running = home.start(['run', '--image', 'tool:1.0', '--name', 'busy', '/bin/sleep-forever']);
    const ending = finished(running);
    while (!(await home.hotcell(['ps', '-q'])).out) expect(running.exitCode).toBeNull();
    const refused = await home.hotcell(['rmi', '-f', 'tool:1.0']);
    expect([refused.code, refused.out]).toEqual([1, '']);
    expect(refused.err).toBe(
      [
        'hotcell rmi: "tool:1.0" is not removed: a program is running in it\n',
        'hotcell rmi: wait for its end, or end it: see "hotcell ps"\n',
      ].join(''),
    );
    expect((await home.hotcell(['images', '-q', '--no-trunc'])).out).toBe(`${ID}\n`);
    running.kill('SIGTERM');
    await ending;
    expect((await home.hotcell(['rmi', 'tool:1.0'])).code).toBe(0);
  });

  it('imports a root file system with changes, and runs it', async () => {
    writeFileSync(join(home.directory, 'root.tar'), rootTar());
    const changes = [
      '-c',
      'ENTRYPOINT ["/bin/print-environment"]',
      '-c',
      'ENV GREETING="hello there"',
      '-c',
      'USER srv',
    ];
    const imported = await home.hotcell(['import', ...changes, '-m', 'mine', 'root.tar', 'mine:1']);
    expect([imported.code, imported.err]).toEqual([0, '']);
    expect(imported.out).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    const config = [
      'image',
      'inspect',
      '-f',
      '{{json .Config.Entrypoint}} {{.Config.User}} {{.Config.Env}}',
      'mine:1',
    ];
    expect((await home.hotcell(config)).out).toBe('["/bin/print-environment"] srv [GREETING=hello there]\n');
    expect((await home.hotcell(['image', 'history', '--format', '{{.Comment}}', 'mine:1'])).out).toBe(
      'mine\n',
    );
    expect((await home.hotcell(['run', '--image', 'mine:1'])).out).toContain('GREETING=hello there');
  });

  it('prunes what has no name, and with -a what no run uses', async () => {
    await load();
    await home.hotcell(['import', '-', 'tool:1.0'], rootTar());
    expect((await home.hotcell(['images', '--filter', 'dangling=true', '-q', '--no-trunc'])).out).toBe(
      `${ID}\n`,
    );
    const asked = await home.hotcell(['image', 'prune'], 'n\n');
    expect([asked.code, asked.out]).toEqual([1, '']);
    const pruned = await home.hotcell(['image', 'prune'], 'y\n');
    expect(pruned.code).toBe(0);
    expect(pruned.out).toMatch(
      new RegExp(`^Deleted Images:\n(untagged: .*\n)*deleted: ${ID}\n\nTotal reclaimed space: .+B\n$`),
    );
    expect((await home.hotcell(['images', '-q'])).out).toMatch(/^[0-9a-f]{12}\n$/);
    expect((await home.hotcell(['image', 'prune', '-af'])).code).toBe(0);
    expect((await home.hotcell(['images', '-q'])).out).toBe('');
    expect((await home.hotcell(['image', 'prune', '-af'])).out).toBe('Total reclaimed space: 0B\n');
  });
});

describe("what is wrong is said in one line, with docker's exit code, and changes nothing", () => {
  const one = useSharedHome();

  beforeAll(async () => {
    expect((await one.hotcell(['load'], archiveOf(IMAGE))).code).toBe(0);
  });

  afterAll(async () => {
    expect((await one.hotcell(['images', '-q', '--no-trunc'])).out).toBe(`${ID}\n`);
  });

  it.each([
    [['rmi', 'tol:1.0'], 1, /^hotcell rmi: .*tol:1\.0.*tool:1\.0/],
    [['image', 'history', 'nothing'], 1, /^hotcell image history: .*nothing/],
    [['tag', 'nothing', 'x'], 1, /^hotcell tag: .*nothing/],
    [['save', 'nothing'], 1, /^hotcell save: .*nothing/],
    [['push', 'localhost:1/nothing'], 1, /^hotcell push: .*nothing/],
    [['pull', 'localhost:1/nothing'], 1, /^hotcell pull: .*localhost:1/],
    [['load', '-i', 'none.tar'], 1, /^hotcell load: "none\.tar": no such file or directory\n$/],
    [['load'], 1, /^hotcell load: /],
    [['import', '-'], 1, /^hotcell import: /],
    [['import', '.'], 1, /^hotcell import: "\." is a directory\n.*dir:PATH/],
    [['rmi', '../x'], 1, /^hotcell rmi: /],
    [['tag', 'tool:1.0', 'Bad:Name:x'], 2, /^hotcell tag: "Bad:Name:x" is not a reference/],
    [['pull', 'UPPER'], 2, /^hotcell pull: "UPPER" is not a reference/],
    [['pull', '--platform', 'a b', 'localhost:1/x'], 2, /^hotcell pull: "a b" is no platform/],
    [['save', '-'], 2, /^hotcell save: "-" is not a reference/],
    [['import', '-', 'a b'], 2, /^hotcell import: "a b" is not a reference/],
  ])('%j', async (argv, code, words) => {
    const said = await one.hotcell(argv, 'this is no archive\n'.repeat(100));
    expect([said.code, said.out]).toEqual([code, '']);
    expect(said.err).toMatch(words);
    expect(said.err.trim().split('\n').length).toBeLessThan(3);
  });

  it('shows an empty list where nothing is found, as docker', async () => {
    const said = await one.hotcell(['image', 'inspect', 'tol:1.0']);
    expect([said.code, said.out]).toEqual([1, '[]\n']);
    expect(said.err).toMatch(/^hotcell image inspect: .*tol:1\.0.*tool:1\.0/);
  });
});

describe('an archive that breaks off', () => {
  it('leaves nothing', async () => {
    const archive = archiveOf(IMAGE);
    const { code, out } = await home.hotcell(['load'], archive.subarray(0, archive.length / 2));
    expect([code, out]).toEqual([1, '']);
    expect((await home.hotcell(['images', '-q'])).out).toBe('');
    const save = await home.hotcell(['save', '-o', 'x.tar', 'tool:1.0']);
    expect(save.code).toBe(1);
    expect(existsSync(join(home.directory, 'x.tar'))).toBe(false);
    expect(readdirSync(home.directory)).toEqual(['home']);
  });
});

describe('what strangers wrote', () => {
  const ESC = '\u001b';

  it('never reaches a terminal as it is', async () => {
    const hostile = testImage({
      config: {
        Cmd: [`${ESC}[2J`],
        Labels: { [`k${ESC}]0;owned\u0007`]: `\u009b31m\u202e\r` },
        Env: [`A=${ESC}c`],
        User: `x${ESC}[1m`,
        WorkingDir: `/w${ESC}[1m`,
      },
      extra: {
        created: '2026-01-01T00:00:00Z',
        author: `${ESC}[31m`,
        history: [{ created_by: `RUN ${ESC}[5m\n\n`, comment: `${ESC}#8` }],
      },
    });
    const loaded = await load(hostile);
    const commands = [
      ['images', '--format', '{{.}} {{.Labels}}'],
      ['images'],
      ['image', 'inspect', 'tool:1.0'],
      ['image', 'inspect', '-f', '{{.}} {{json .Config}} {{.Author}} {{.Config.Cmd}}', 'tool:1.0'],
      ['image', 'history', '--no-trunc', 'tool:1.0'],
      ['rmi', 'tool:1.0'],
    ];
    const said = [loaded];
    for (const argv of commands) said.push(await home.hotcell(argv));
    for (const { out, err } of said) expect(out + err).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it('is no name of an image', async () => {
    const { code, out, err } = await load(testImage({ tag: `tool${ESC}[2J:1` }));
    expect(out + err).not.toMatch(/[^\P{Cc}\n]/u);
    if (code !== 0) expect((await home.hotcell(['images', '-q'])).out).toBe('');
  });
});
