import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hotcell, MAIN, run, start, useDirectory } from './support.js';

const directory = useDirectory();

/** Each flag by what the program notices of it. */
describe('what the program sees', () => {
  const cases: readonly [flags: string[], script: string, out: string | RegExp][] = [
    [[], 'pwd; id -u; id -g; hostname', '/box\n1000\n1000\nhotcell\n'],
    [['-h', 'elsewhere'], 'hostname', 'elsewhere\n'],
    [['-u', '0:0'], 'id -u', '0\n'],
    [['-u', '1234:99'], 'echo $(id -u):$(id -g)', '1234:99\n'],
    [['-u', 'nobody'], 'id -un', 'nobody\n'],
    [['-w', '/tmp'], 'pwd', '/tmp\n'],
    [['-e', 'A=1 2', '-e', 'HOST'], 'echo "$A,$HOST,$LEAK"', '1 2,from here,\n'],
    [['--ulimit', 'nofile=77'], 'ulimit -n', '77\n'],
    [['--ulimit', 'stack=1048576'], 'ulimit -s', '1024\n'],
    [['--ulimit', 'fsize=4096'], 'head -c 9999 /dev/zero > f; stat -c %s f', '4096\n'],
    [['--cpuset', '0'], 'nproc', '1\n'],
    [
      ['--tmpfs', '/cache:size=64k,mode=1777'],
      'head -c 999999 /dev/zero > /cache/f; stat -c %s /cache/f',
      '65536\n',
    ],
    [
      ['--disk', '1m'],
      'head -c 9999999 /dev/zero > f; test $(stat -c %s f) -le 1048576 && echo bounded',
      'bounded\n',
    ],
    [
      ['--inodes', '100'],
      'for i in $(seq 200); do touch $i || break; done; test $(ls | wc -l) -lt 100 && echo bounded',
      'bounded\n',
    ],
    [['--pids-limit', '4'], '(sleep 9 & sleep 9 & sleep 9 & sleep 9 &) && true; echo done', /^(done\n)?$/],
    [['--read-only'], 'touch /opt/x 2>/dev/null && echo written || echo refused', 'refused\n'],
    [['--network', 'loopback'], 'cat /proc/net/dev | grep -c lo:', '1\n'],
    [['--isolation', 'namespaces'], 'id -u', '1000\n'],
    [['-i', '--rm', '--network=none', '-m64m', '--cpus', '.5'], 'echo ok', 'ok\n'],
  ];

  it.each(cases)('%j %s', async (flags, script, expected) => {
    const { stdout } = await hotcell(['run', '-q', ...flags, 'sh', '-c', script], {
      env: { HOST: 'from here', LEAK: 'not passed' },
    });
    if (typeof expected === 'string') expect(stdout.toString()).toBe(expected);
    else expect(stdout.toString()).toMatch(expected);
  });

  it('is the env file, and nothing of the environment here', async () => {
    writeFileSync(join(directory.path, 'env'), '# comment\nA=1\nHOST\n');
    const around = { cwd: directory.path, env: { HOST: 'from here', LEAK: 'not passed' } };
    const { stdout } = await hotcell(['run', '--env-file', 'env', '-e', 'B=2', 'env'], around);
    const names = stdout
      .toString()
      .split('\n')
      .filter(Boolean)
      .map((line) => line.replace(/=.*/, ''));
    expect(stdout.toString()).toMatch(/^A=1$/m);
    expect(stdout.toString()).toMatch(/^HOST=from here$/m);
    expect(names.sort()).toEqual(['A', 'B', 'HOME', 'HOST', 'PATH']);
  });
});

describe('the command line', () => {
  it('exits with 2 and one line when flags are wrong', async () => {
    expect(await run('--memroy', '1m', 'true')).toEqual({
      code: 2,
      out: '',
      err: 'hotcell run: unknown flag "--memroy"; did you mean --memory?\n',
    });
    expect(await run('-m', '64q', 'true')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/^.+\n$/),
    });
  });

  it('prints help and version', async () => {
    expect((await hotcell(['--version'])).stdout.toString()).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await hotcell(['run', '--help'])).stdout.toString()).toMatch(/^Usage: hotcell run \[flags\]/);
  });

  it('is quiet when nobody reads its help', async () => {
    const child = start(['run', '--help']);
    child.stdout.destroy();
    const [code] = (await once(child, 'exit')) as [number];
    expect([code, child.stderr.read()]).toEqual([141, null]);
  });

  it('says so when its directory is gone', async () => {
    const script = `mkdir gone; cd gone; rmdir ../gone; "$0" "$1" run true`;
    const { status, stderr } = spawnSync('sh', ['-c', script, process.execPath, MAIN], {
      cwd: directory.path,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([125, 'hotcell: the current directory is gone; cd to another one\n']);
  });

  it('finds that full isolation works here', async () => {
    const { code, stdout } = await hotcell(['doctor', '--json']);
    expect(JSON.parse(stdout.toString())).toMatchObject({ ok: true });
    expect(code).toBe(0);
    expect((await hotcell(['doctor'])).stdout.toString()).toMatch(
      /^Tier T\d .*\nFull isolation works here\.\n$/s,
    );
  });
});
