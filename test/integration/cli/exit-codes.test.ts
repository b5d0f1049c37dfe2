import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { program } from '../../support/programs.js';
import { run, useDirectory } from './support.js';

const directory = useDirectory();

describe('exit codes', () => {
  it.each([0, 1, 2, 42, 124, 125, 255])("are the program's own: %i", async (code) => {
    expect(await run('sh', '-c', `exit ${code}`)).toEqual({ code, out: '', err: '' });
  });

  it.each([
    ['SEGV', 139, ' (bad memory access)'],
    ['TERM', 143, ''],
    ['KILL', 137, ''],
    ['USR1', 138, ''],
  ])('say which signal ended it: %s', async (name, code, meaning) => {
    expect(await run('sh', '-c', `kill -${name} $$`)).toEqual({
      code,
      out: '',
      err: `hotcell: killed: signal SIG${name}${meaning}\n`,
    });
  });

  it('tell a program that is not found from one that cannot be executed', async () => {
    const path = join(directory.path, 'no-interpreter');
    writeFileSync(path, '#!/no/such/interpreter\n');
    expect(await run('no-such-program')).toMatchObject({
      code: 127,
      err: expect.stringMatching(/^hotcell: not found.*\n$/),
    });
    expect(await run('./no-such-program')).toMatchObject({ code: 127 });
    expect(await run('/usr')).toMatchObject({
      code: 126,
      err: expect.stringMatching(/^hotcell: not executable.*\n$/),
    });
    expect(await run('/etc/passwd')).toMatchObject({ code: 126 });
    expect(await run(path)).toMatchObject({ code: 127 });
    expect(await run('-w', '/usr/bin/env', 'true')).toMatchObject({
      code: 125,
      err: expect.stringMatching(/^hotcell: .*\n$/),
    });
  });
});

describe('a limit', () => {
  it('of memory', async () => {
    expect(await run('-m', '32m', program('allocate-slowly'))).toEqual({
      code: 137,
      out: expect.any(String),
      err: expect.stringMatching(/^hotcell: killed: memory limit 32MiB reached \(peak 3[12](\.\d+)?MiB\)\n$/),
    });
  });

  it('of CPU time', async () => {
    expect(await run('--cpu-time', '200ms', program('spin'))).toEqual({
      code: 124,
      out: expect.any(String),
      err: expect.stringMatching(
        /^hotcell: killed: CPU time limit 200ms reached \(used 2\d\d(\.\d+)?ms\)\n$/,
      ),
    });
  });

  it('of time', async () => {
    expect(await run('--timeout', '300ms', 'sleep', '30')).toEqual({
      code: 124,
      out: '',
      err: expect.stringMatching(/^hotcell: killed: time limit 300ms reached \(ran 3\d\d(\.\d+)?ms\)\n$/),
    });
  });

  it('of output, which is passed on up to it', async () => {
    const { code, out, err } = await run('--output-limit', '64KiB', program('flood-stdout'));
    expect([code, out.length, err]).toEqual([
      153,
      65_536,
      'hotcell: killed: output limit 64KiB reached (stdout: 64KiB)\n',
    ]);
  });

  it('is not talked about with -q', async () => {
    expect(await run('-q', '--timeout', '100ms', 'sleep', '30')).toEqual({ code: 124, out: '', err: '' });
  });
});
