import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runFlags } from '../../../../src/cli/run/flags.js';
import { cli } from '../support.js';

let dir = '';

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hotcell-completion-'));
  writeFileSync(join(dir, 'script.bash'), (await cli(['completion', 'bash'])).out);
  for (const name of ['data.txt', 'a b']) writeFileSync(join(dir, name), '');
});

afterAll(() => {
  rmSync(dir, { recursive: true });
});

/** What bash offers for the last of `words`, split as bash does. */
function complete(...words: string[]): string[] {
  const script = `
    compopt() { :; }
    source ./script.bash
    COMP_WORDS=("$@") COMP_CWORD=$(( $# - 1 ))
    _hotcell
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync('bash', ['--norc', '-c', script, 'bash', ...words], {
    cwd: dir,
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
        ...['doctor', 'schema', 'completion', 'help', 'version'],
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
  ];

  it.each(cases)('%j', (words, offered) => {
    expect(complete(...words)).toEqual(offered);
  });

  it('knows programs on PATH as COMMAND', () => {
    expect(complete('hotcell', 'run', 'bas')).toContain('bash');
  });
});

describe.each(['bash', 'zsh', 'fish'])('completion in %s', (shell) => {
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
