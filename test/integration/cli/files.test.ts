import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { program } from '../../support/programs.js';
import { hotcell, useDirectory } from './support.js';

const directory = useDirectory();

const here = async (...argv: string[]): Promise<{ code: number | null; out: string; err: string }> => {
  const { code, stdout, stderr } = await hotcell(['run', ...argv], { cwd: directory.path });
  return { code, out: stdout.toString(), err: stderr };
};

const file = (name: string, text: string, mode = 0o644): void => {
  const path = join(directory.path, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
};

const read = (name: string): string => readFileSync(join(directory.path, name), 'utf8');

describe('a COMMAND that is a file here', () => {
  it('is copied in and run from /box, and sees nothing else of the directory', async () => {
    file('tool', '#!/bin/sh\necho "$0" "$@"; pwd; ls -A\n', 0o600);
    file('secret', 'x');
    expect(await here('./tool', 'a b', '--json')).toEqual({
      code: 0,
      out: '/box/tool a b --json\n/box\ntool\n',
      err: '',
    });
  });

  it('may be a binary', async () => {
    expect(await here(program('exit-with'), '9')).toMatchObject({ code: 9 });
  });

  it('may be a script of any interpreter', async () => {
    file('tool', '#!/usr/bin/env python3\nimport sys; print(sys.argv[1:])\n');
    expect(await here('./tool', '1')).toEqual({ code: 0, out: "['1']\n", err: '' });
  });

  it('runs where -w says', async () => {
    file('tool', '#!/bin/sh\npwd\n');
    expect(await here('-w', '/tmp', './tool')).toMatchObject({ code: 0, out: '/tmp\n' });
  });
});

describe('--copy-in', () => {
  it('brings files and directories', async () => {
    file('data.txt', 'data');
    file('src/a', 'A');
    file('src/deep/b.sh', 'echo B\n', 0o755);
    const show = 'cat data.txt lib/src/a; lib/src/deep/b.sh; cat /opt/x';
    const flags = ['--copy-in', 'data.txt', '--copy-in', 'src:lib/', '--copy-in', 'data.txt:/opt/x'];
    expect(await here(...flags, 'sh', '-c', show)).toEqual({ code: 0, out: 'dataAB\ndata', err: '' });
  });
});

describe('--copy-out', () => {
  it('brings files and directories back', async () => {
    const make =
      'mkdir -p out/deep; echo 1 > out/a; echo 2 > out/deep/b; chmod 700 out/a; echo 3 > /tmp/c; mkdir out/empty';
    expect(await here('--copy-out', 'out', '--copy-out', '/tmp/c:d/', 'sh', '-c', make)).toEqual({
      code: 0,
      out: '',
      err: '',
    });
    expect([read('out/a'), read('out/deep/b'), read('d/c')]).toEqual(['1\n', '2\n', '3\n']);
    expect(readdirSync(join(directory.path, 'out')).sort()).toEqual(['a', 'deep', 'empty']);
    expect(statSync(join(directory.path, 'out/a')).mode & 0o777).toBe(0o700);
  });

  it('brings nothing that is no regular file', async () => {
    const { code, err } = await here('--copy-out', 'x', 'ln', '-s', '/etc/shadow', 'x');
    expect([code, err]).toEqual([125, expect.stringMatching(/^hotcell: --copy-out: "(\/box\/)?x": .+\n$/)]);
    expect(readdirSync(directory.path)).toEqual([]);
  });

  it('fails when there is nothing to bring', async () => {
    expect(await here('--copy-out', 'nope', 'true')).toMatchObject({
      code: 125,
      err: expect.stringMatching(/^hotcell: --copy-out: "(\/box\/)?nope": .+\n$/),
    });
    expect(await here('--copy-out', 'nope', 'false')).toMatchObject({ code: 1 });
  });
});

describe('--volume', () => {
  it('is read-only unless said otherwise', async () => {
    file('data/a', 'A');
    const { code, out } = await here('-v', './data:/data', 'sh', '-c', 'cat /data/a; echo x > /data/a');
    expect([code, out, read('data/a')]).toEqual([expect.any(Number), 'A', 'A']);
    expect(code).not.toBe(0);
  });

  it('lets the program write with rw', async () => {
    file('data/a', 'A');
    chmodSync(join(directory.path, 'data'), 0o777);
    expect(await here('-v', './data:/data:rw', 'sh', '-c', 'echo B > /data/b')).toMatchObject({
      code: 0,
      err: '',
    });
    expect(read('data/b')).toBe('B\n');
  });

  it('lets the program write with overlay, and nothing of it sticks', async () => {
    file('data/a', 'A');
    chmodSync(join(directory.path, 'data'), 0o777);
    chmodSync(join(directory.path, 'data/a'), 0o666);
    const script = 'echo B > /data/b; echo C > /data/a; cat /data/a /data/b';
    expect(await here('-v', './data:/data:overlay', 'sh', '-c', script)).toEqual({
      code: 0,
      out: 'C\nB\n',
      err: '',
    });
    expect([readdirSync(join(directory.path, 'data')), read('data/a')]).toEqual([['a'], 'A']);
  });

  it('must be there', async () => {
    expect(await here('-v', './nope:/x', 'true')).toMatchObject({ code: 2, out: '' });
  });
});

it('runs a program of the host as a plain process, too', async () => {
  file('greet.sh', '#!/bin/sh\necho "hello $1"\n');
  expect(await here('--isolation', 'none', './greet.sh', 'you')).toEqual({
    code: 0,
    out: 'hello you\n',
    err: '',
  });
});
