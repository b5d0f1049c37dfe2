import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withHostInputs } from '../../../../src/cli/run/host-inputs.js';
import { planRun } from '../../../../src/cli/run/plan.js';
import type { JobInput } from '../../../../src/spec/index.js';
import { flagsOf } from '../support.js';

let dir = '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hotcell-inputs-'));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const HOST = { TOKEN: 'secret' };

async function job(...argv: string[]): Promise<JobInput> {
  const { flags, command } = flagsOf(argv);
  return await withHostInputs(planRun(flags, command, { cwd: dir, env: HOST }), HOST);
}

const file = (name: string, text = '', mode = 0o644): string => {
  const path = join(dir, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};

describe('COMMAND', () => {
  it('is copied in and run from /box when it is a file here, executable or not', async () => {
    const path = file('bin/tool');
    expect(await job('bin/tool', '--flag')).toMatchObject({
      command: ['/box/tool', '--flag'],
      files: { '/box/tool': { path, mode: 0o755 } },
    });
  });

  it('is left alone when it is no file here', async () => {
    expect(await job('./missing')).toMatchObject({ command: ['./missing'], files: {} });
    expect(await job('sh', './missing')).toMatchObject({ command: ['sh', './missing'], files: {} });
  });

  it('is refused when it is a directory here', async () => {
    mkdirSync(join(dir, 'directory'));
    await expect(job('./directory')).rejects.toThrow(
      `COMMAND: "${join(dir, 'directory')}" is a directory, not a program`,
    );
  });
});

describe('--copy-in', () => {
  it('copies a file, and keeps whether it can be executed', async () => {
    const plain = file('a.txt', '', 0o600);
    const script = file('b.sh', '', 0o700);
    const { files } = await job('--copy-in', 'a.txt:x/a', '--copy-in', 'b.sh', 'sh');
    expect(files).toEqual({ 'x/a': { path: plain, mode: 0o644 }, 'b.sh': { path: script, mode: 0o755 } });
  });

  it('copies the files of a directory, also those behind links within it', async () => {
    const one = file('src/one.c');
    const two = file('src/deep/er/two.c');
    symlinkSync('deep/er/two.c', join(dir, 'src/link.c'));
    const { files } = await job('--copy-in', 'src:/work', 'make');
    expect(files).toEqual({
      '/work/one.c': { path: one, mode: 0o644 },
      '/work/deep/er/two.c': { path: two, mode: 0o644 },
      '/work/link.c': { path: two, mode: 0o644 },
    });
  });

  it('does not follow a link out of the directory', async () => {
    file('secret');
    file('src/one.c');
    symlinkSync('../secret', join(dir, 'src/link'));
    await expect(job('--copy-in', 'src', 'make')).rejects.toThrow(
      /^--copy-in: ".*\/src\/link" is a link that leads outside of /,
    );
  });

  it('refuses what is neither file nor directory', async () => {
    mkdirSync(join(dir, 'src'));
    execFileSync('mkfifo', [join(dir, 'src/pipe')]);
    await expect(job('--copy-in', 'src', 'make')).rejects.toThrow(
      /src\/pipe" is neither file nor directory$/,
    );
    await expect(job('--copy-in', 'src/pipe', 'make')).rejects.toThrow(
      /src\/pipe" is neither file nor directory$/,
    );
    await expect(job('--copy-in', '/dev/zero:z', 'make')).rejects.toThrow(
      /"\/dev\/zero" is neither file nor directory$/,
    );
  });

  it('refuses a directory of too many files, and says what to do', async () => {
    mkdirSync(join(dir, 'many'));
    for (let i = 0; i <= 4096; i++) writeFileSync(join(dir, 'many', String(i)), '');
    await expect(job('--copy-in', 'many:/many', 'ls')).rejects.toThrow(
      /has 4097 files; above 4096 mount it: -v .*\/many:\/many$/,
    );
  });

  it('names the flag and the file when there is none', async () => {
    await expect(job('--copy-in', 'nope:x', 'sh')).rejects.toThrow(
      /^--copy-in: ".*\/nope": no such file or directory$/,
    );
  });
});

describe('--env-file', () => {
  it('gives way to later files and to -e', async () => {
    file('one.env', '# comment\nA=1\nB=1\nC=1\nTOKEN\nUNSET\n');
    file('two.env', 'B=2\r\nC=2\n');
    const { env } = await job('--env-file', 'one.env', '-e', 'C=3', '--env-file', 'two.env', 'env');
    expect(env).toEqual({ A: '1', B: '2', C: '3', TOKEN: 'secret' });
  });

  it('names flag, file and line of what is wrong', async () => {
    const path = file('bad.env', 'A=1\nB C=2\n\n=3\n');
    await expect(job('--env-file', 'bad.env', 'env')).rejects.toThrow(
      [
        `--env-file: ${path}:2: "B C" is not a variable name: it contains a blank`,
        `--env-file: ${path}:4: a variable has no name`,
      ].join('\n'),
    );
    await expect(job('--env-file', 'nope.env', 'env')).rejects.toThrow(
      /^--env-file: ".*\/nope.env": no such file or directory$/,
    );
    await expect(job('--env-file', '.', 'env')).rejects.toThrow(/^--env-file: .*: is a directory$/);
  });

  it('does not read a file that never ends', async () => {
    await expect(job('--env-file', '/dev/zero', 'env')).rejects.toThrow(
      /^--env-file: \/dev\/zero: .*at most 4194304 in an env file$/,
    );
  });
});

describe('other paths', () => {
  it('must be there', async () => {
    await expect(job('--image', 'dir:nope', 'sh')).rejects.toThrow(
      /^--image: ".*\/nope": no such file or directory$/,
    );
    await expect(job('-v', './nope:/x', 'sh')).rejects.toThrow(
      /^--volume: ".*\/nope": no such file or directory$/,
    );
    await expect(job('--stdin', 'nope', 'sh')).rejects.toThrow(
      /^--stdin: ".*\/nope": no such file or directory$/,
    );
  });
});
