import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runFlags } from '../../../../src/cli/run/flags.js';
import { cli } from '../support.js';

let dir = '';

/** Stands in for `hotcell image ls`; a name like the last is none that an image can have, and is never expanded. */
const IMAGES = `#!/bin/sh
printf '%s\\n' alpine:3.19 alpine:3.20 localhost:5000/tools:1 '<none>:<none>' 'al$(touch expanded)'
`;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hotcell-completion-'));
  writeFileSync(join(dir, 'script.bash'), (await cli(['completion', 'bash'])).out);
  writeFileSync(join(dir, 'hotcell'), IMAGES);
  chmodSync(join(dir, 'hotcell'), 0o755);
  for (const name of ['data.txt', 'a b']) writeFileSync(join(dir, name), '');
});

afterAll(() => {
  rmSync(dir, { recursive: true });
});

/** What bash offers for the last of `words`, split as bash does. */
function complete(...words: string[]): string[] {
  return completeLine(words.join(' '), words);
}

function completeLine(line: string, words: readonly string[]): string[] {
  const script = `
    compopt() { :; }
    source ./script.bash
    PATH=$PWD:$PATH
    COMP_LINE=$LINE COMP_POINT=\${#LINE}
    COMP_WORDS=("$@") COMP_CWORD=$(( $# - 1 ))
    _hotcell
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync('bash', ['--norc', '-c', script, 'bash', ...words], {
    cwd: dir,
    env: { ...process.env, LINE: line },
    encoding: 'utf8',
  });
  return out.split('\n').filter(Boolean);
}

describe('completion in bash', () => {
  const cases: readonly [words: string[], offered: string[]][] = [
    [
      ['hotcell', ''],
      [
        ...['run', 'test', 'validate', 'init', 'report'],
        ...['image', 'images', 'pull', 'push', 'load', 'save', 'import', 'tag', 'rmi'],
        ...['ps', 'logs', 'inspect', 'rm'],
        ...['doctor', 'schema', 'seccomp', 'completion', 'help', 'version'],
      ],
    ],
    [['hotcell', 'd'], ['doctor']],
    [['hotcell', 'help', 'te'], ['test']],
    [['hotcell', 'test', 'da'], ['data.txt']],
    [['hotcell', 'test', '--on-interrupt', 'f'], ['finish']],
    [['hotcell', 'test', '--reporter', 'ju'], ['junit=']],
    [['hotcell', 'test', '--bail', 'da'], ['data.txt']],
    [['hotcell', 'report', '--rep'], ['--reporter']],
    [['hotcell', '--v'], ['--version']],
    [['hotcell', 'run', '--mem'], ['--memory']],
    [
      ['hotcell', 'run', '-it', '--cpus'],
      ['--cpus', '--cpuset'],
    ],
    [
      ['hotcell', 'run', '--network', ''],
      ['none', 'loopback', 'host'],
    ],
    [
      ['hotcell', 'run', '--network', '='],
      ['none', 'loopback', 'host'],
    ],
    [['hotcell', 'run', '--network', '=', 'lo'], ['loopback']],
    [['hotcell', 'run', '-m', ''], []],
    [['hotcell', 'run', '-m', '64m', '--isolation', 'ch'], ['chroot']],
    [['hotcell', 'run', '--env-file', 'da'], ['data.txt']],
    [['hotcell', 'run', '--stdin', 'a'], ['a b']],
    [['hotcell', 'run', './da'], ['./data.txt']],
    [['hotcell', 'run', '--', './da'], ['./data.txt']],
    [['hotcell', 'run', '-m', '64m', 'cat', 'da'], ['data.txt']],
    [['hotcell', 'run', 'cat', '--net'], []],
    [
      ['hotcell', 'schema', ''],
      ['job', 'suite', 'outcome', 'report'],
    ],
    [['hotcell', 'schema', '--h'], ['--help']],
    [['hotcell', 'completion', 'z'], ['zsh']],
    [
      ['hotcell', 'image', ''],
      [...['ls', 'inspect', 'history', 'pull', 'push', 'load', 'save', 'import', 'tag', 'rm'], 'prune'],
    ],
    [['hotcell', 'image', 'pr'], ['prune']],
    [['hotcell', 'image', 'ls', '--di'], ['--digests']],
    [['hotcell', 'image', 'list', '--di'], ['--digests']],
    [['hotcell', 'images', '--di'], ['--digests']],
    [['hotcell', 'image', 'ls', '--format', 'j'], ['json']],
    [['hotcell', 'image', 'load', '-i', 'da'], ['data.txt']],
    [['hotcell', 'import', 'da'], ['data.txt']],
    [['hotcell', 'image', 'rm', 'lo'], ['localhost:5000/tools:1']],
    [['hotcell', 'rmi', '-f', 'lo'], ['localhost:5000/tools:1']],
    [['hotcell', 'rm', 'lo'], []],
    [['hotcell', 'run', '--image', 'h'], ['host']],
    [['hotcell', 'run', '--image', 'lo'], ['localhost:5000/tools:1']],
    [['hotcell', 'run', '-v', '/a', ':', '/b', '--me'], ['--memory']],
    [['hotcell', 'report', 'diff', '--js'], ['--json']],
  ];

  it.each(cases)('%j', (words, offered) => {
    expect(complete(...words)).toEqual(offered);
  });

  it('offers the rest of a name behind its colon, which bash takes for the end of a word', () => {
    expect(completeLine('hotcell rmi alpine:3.2', ['hotcell', 'rmi', 'alpine', ':', '3.2'])).toEqual([
      '3.20',
    ]);
    expect(completeLine('hotcell rmi alpine:', ['hotcell', 'rmi', 'alpine', ':'])).toEqual(['3.19', '3.20']);
    const run = ['hotcell', 'run', '--image', 'alpine', ':'];
    expect(completeLine('hotcell run --image alpine:', run)).toEqual(['3.19', '3.20']);
    expect(completeLine('hotcell run --image alpine:3.2', [...run, '3.2'])).toEqual(['3.20']);
    const joined = ['hotcell', 'run', '--image', '=', 'alpine', ':', '3.2'];
    expect(completeLine('hotcell run --image=alpine:3.2', joined)).toEqual(['3.20']);
    expect(complete('hotcell', 'rmi', 'al')).toEqual(['alpine:3.19', 'alpine:3.20', 'al$(touch expanded)']);
    expect(existsSync(join(dir, 'expanded'))).toBe(false);
  });

  it('knows programs on PATH as COMMAND', () => {
    expect(complete('hotcell', 'run', 'bas')).toContain('bash');
  });
});

describe.each(['bash', 'zsh', 'fish'])('completion in %s', (shell) => {
  it('is a script without mistakes for that shell, if it is here', async () => {
    const script = join(dir, `script.${shell}`);
    writeFileSync(script, (await cli(['completion', shell])).out);
    const { status, error, stderr } = spawnSync(shell, ['-n', script], { encoding: 'utf8' });
    if (error === undefined) expect([status, stderr]).toEqual([0, '']);
  });

  it('has the commands below others, by all of their names', async () => {
    const { out } = await cli(['completion', shell]);
    for (const word of ['prune', 'digests', 'list', 'remove']) expect(out).toContain(word);
  });

  it('has every flag that the help shows', async () => {
    const { code, out } = await cli(['completion', shell]);
    expect(code).toBe(0);
    const flags = runFlags().filter((flag) => !flag.hidden);
    const missing = flags.filter(
      ({ long = '' }) => !out.includes(shell === 'fish' ? `-l ${long.slice(2)}` : long),
    );
    expect(missing.map((flag) => flag.long)).toEqual([]);
  });
});
