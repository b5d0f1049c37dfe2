import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { outcomeSchema } from '../../../src/spec/index.js';
import { program } from '../../support/programs.js';
import { finished, hotcell, printed, run, start, useDirectory } from './support.js';

const directory = useDirectory();

describe('streams', () => {
  it('pass 1 MiB of anything in and out unchanged', async () => {
    const input = randomBytes(1024 ** 2);
    const { code, stdout, stderr } = await hotcell(['run', 'cat'], { input });
    expect([code, stderr, stdout.equals(input)]).toEqual([0, '', true]);
  });

  it('are kept apart, and stderr is passed on unchanged as well', async () => {
    const { stdout, stderr } = await hotcell([
      'run',
      'sh',
      '-c',
      "printf 'out\\0\\377'; printf 'err\\r\\n' >&2",
    ]);
    expect([stdout.toString('latin1'), stderr]).toEqual(['out\0\xff', 'err\r\n']);
  });

  it('come live, not at the end', async () => {
    const child = start(['run', 'sh', '-c', 'echo first; read line; echo "got $line"']);
    await printed(child, 'first\n');
    child.stdin.end('second\n');
    expect((await finished(child)).stdout.toString()).toBe('got second\n');
  });

  it('hold a fast program up while the reader is slow, and lose nothing', async () => {
    const child = start(['run', '--output-limit', '64MiB', 'head', '-c', '20000000', '/dev/zero']);
    child.stdin.end();
    await once(child.stdout, 'readable');
    // Reading chunk by chunk with other work between is slower than the program by far.
    let bytes = 0;
    for await (const chunk of child.stdout) {
      bytes += (chunk as Buffer).byteLength;
      await new Promise(setImmediate);
    }
    expect(bytes).toBe(20_000_000);
  });

  it('end with the program, though standard input stays open', async () => {
    const child = start(['run', 'true']);
    expect(await finished(child)).toMatchObject({ code: 0 });
  });

  it('are given up when nobody reads stdout any more, as with `yes | head`', async () => {
    const child = start(['run', program('flood-stdout')]);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect([code, signal]).toEqual([141, null]);
    expect(child.stderr.read()).toBeNull();
  });
});

describe('standard input', () => {
  it('comes from --stdin FILE', async () => {
    writeFileSync(join(directory.path, 'in'), 'from a file');
    expect(
      await hotcell(['run', '--stdin', 'in', 'cat'], { cwd: directory.path, input: 'from the pipe' }),
    ).toMatchObject({
      code: 0,
      stdout: Buffer.from('from a file'),
    });
  });

  it('ends when ours does', async () => {
    expect(await run('wc', '-c')).toMatchObject({ code: 0, out: '0\n' });
  });
});

describe('--json', () => {
  it('prints an outcome that follows the schema, with the output inside, and nothing else', async () => {
    const { code, stdout, stderr } = await hotcell([
      'run',
      '--json',
      'sh',
      '-c',
      "printf 'a\\377'; echo e >&2; exit 3",
    ]);
    const outcome = outcomeSchema.parse(JSON.parse(stdout.toString()));
    expect([code, stderr]).toEqual([3, '']);
    expect(outcome).toMatchObject({
      job: 'sh',
      status: 'nonzero-exit',
      exitCode: 3,
      stdout: { base64: Buffer.from([0x61, 0xff]).toString('base64'), bytes: 2 },
      stderr: { text: 'e\n' },
      isolation: { level: 'full' },
    });
  });

  it('says the same when a limit ends the program', async () => {
    const { code, stdout } = await hotcell([
      'run',
      '--json',
      '-q',
      '--timeout',
      '100ms',
      '--name',
      'n',
      'sleep',
      '9',
    ]);
    expect(code).toBe(124);
    expect(outcomeSchema.parse(JSON.parse(stdout.toString()))).toMatchObject({
      job: 'n',
      status: 'wall-time-exceeded',
      killedBy: 'wall-time',
    });
  });
});

describe('--report', () => {
  it('has the outcome in a file, while the output is passed on', async () => {
    const path = join(directory.path, 'report.json');
    expect(await run('--report', path, 'echo', 'hi')).toEqual({ code: 0, out: 'hi\n', err: '' });
    const outcome = outcomeSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    expect(outcome).toMatchObject({ status: 'ok', stdout: { text: 'hi\n' } });
  });

  it('fails when the disk is full', async () => {
    expect(await run('--report', '/dev/full', 'true')).toEqual({
      code: 125,
      out: '',
      err: 'hotcell: --report: "/dev/full": no space left on device\n',
    });
  });
});
