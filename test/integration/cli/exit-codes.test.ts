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
    expect(await run(path)).toEqual({
      code: 127,
      out: '',
      err: `hotcell: ${path}: its interpreter /no/such/interpreter does not exist in the sandbox\n`,
    });
  });

  it('tell what of a job could not be set up, by its flag', async () => {
    const path = join(directory.path, 'text');
    writeFileSync(path, 'x'.repeat(2_000_000));
    const fails = async (...argv: string[]): Promise<string> => {
      const { code, err } = await run(...argv, 'true');
      expect(code).toBe(125);
      return err;
    };
    expect(await fails('-v', `${directory.path}:/usr/x`)).toBe(
      'hotcell: --volume: "/usr/x": /usr is read-only in image host; choose a path outside of it\n',
    );
    expect(await fails('--copy-in', `${path}:/usr/x`)).toMatch(
      /^hotcell: --copy-in "\/usr\/x": \/usr is read-only/,
    );
    expect(await fails('--copy-in', path, '--disk', '1m')).toMatch(
      /^hotcell: --copy-in "text": does not fit; raise --disk \(1MiB\) or /,
    );
    expect(await fails('-w', '/etc/passwd')).toBe(
      'hotcell: --workdir: "/etc/passwd": not a directory (ENOTDIR)\n',
    );
    expect(await fails('--isolation', 'chroot', '-m', '64m')).toMatch(/^hotcell: --memory is not enforced: /);
    expect(await run(path)).toMatchObject({
      code: 126,
      err: `hotcell: ${path}: not a program (no "#!" line, not ELF)\n`,
    });
    expect(await run('-v', `${path}:/x:overlay`, 'true')).toMatchObject({
      code: 2,
      err: expect.stringContaining('is not a directory, and mode overlay needs one'),
    });
  });

  it('note a limit that was hit, and stay those of the program', async () => {
    const script = 'head -c 9999999 /dev/zero > f 2>/dev/null; exit 3';
    expect(await run('--disk', '1m', 'sh', '-c', script)).toEqual({
      code: 3,
      out: '',
      err: 'hotcell: note: the disk is full: limit 1MiB\n',
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
