/** Policies on system calls by the command line. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compilePolicy } from '../../src/sandbox/seccomp/index.js';
import { workshop } from '../unit/sandbox/seccomp/support/native.js';
import { hotcell, MAIN, useDirectory } from './cli/support.js';

const directory = useDirectory();
const shop = workshop();
afterAll(() => shop.remove());

async function cli(...argv: string[]) {
  const { code, stdout, stderr } = await hotcell(argv, { cwd: directory.path });
  return { code, out: stdout.toString(), err: stderr };
}

describe('hotcell seccomp show', () => {
  test('prints what hotcell run --seccomp takes again', async () => {
    const shown = await cli('seccomp', 'show', 'strict');
    expect([shown.code, shown.err]).toEqual([0, '']);
    writeFileSync(join(directory.path, 'mine.json'), shown.out);
    expect(await cli('run', '--seccomp', 'mine.json', 'echo', 'a')).toEqual({ code: 0, out: 'a\n', err: '' });
    const denied = await cli('run', '--security-opt', 'seccomp=mine.json', 'sh', '-c', '/bin/true; echo a');
    expect(denied).toMatchObject({
      code: 159,
      out: '',
      err: expect.stringMatching(/system call was denied/),
    });
  });

  test('says what of a profile is nothing here', async () => {
    const rules = [{ names: ['read', 'opennat', 'waitpid'], action: 'SCMP_ACT_ALLOW' }];
    writeFileSync(
      join(directory.path, 'p.json'),
      JSON.stringify({ defaultAction: 'SCMP_ACT_KILL', syscalls: rules }),
    );
    const shown = await cli('seccomp', 'show', 'p.json');
    expect(shown.code).toBe(0);
    expect(JSON.parse(shown.out)).toMatchObject({ defaultAction: 'SCMP_ACT_KILL', firstMatch: true });
    expect(shown.err).toMatch(/"opennat" is no system call on \w+; did you mean "openat"\?/);
    expect(shown.err).toMatch(/left out, since there is no such system call on \w+: waitpid/);
  });

  test('refuses what is none', async () => {
    expect(await cli('seccomp', 'show', 'strct')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/did you mean "strict"\?/),
    });
  });
});

describe('hotcell run --seccomp-trace', () => {
  test('lists the calls, and writes a policy for them', async () => {
    const traced = await cli(
      'run',
      '--seccomp',
      'strict',
      '--seccomp-trace',
      'needed.json',
      'sh',
      '-c',
      '/bin/true; echo a',
    );
    expect([traced.code, traced.out]).toEqual([0, 'a\n']);
    expect(traced.err).toMatch(
      /^hotcell: system calls, and which the policy strict would refuse:\nhotcell: +1 v?(fork|clone).* refused: killed\n/,
    );
    expect(readFileSync(join(directory.path, 'needed.json'), 'utf8')).toMatch(/"write"/);
    const again = await cli('run', '--seccomp', 'needed.json', 'sh', '-c', '/bin/true; echo a');
    expect(again).toEqual({ code: 0, out: 'a\n', err: '' });
  });

  test('says so where the kernel cannot', async () => {
    const NEW_LISTENER = { index: 1, op: 'SCMP_CMP_MASKED_EQ', value: 8, valueTwo: 8 } as const;
    const older = compilePolicy(
      {
        defaultAction: 'SCMP_ACT_ALLOW',
        archMap: [{ architecture: 'SCMP_ARCH_X86_64' }, { architecture: 'SCMP_ARCH_AARCH64' }],
        syscalls: [{ names: ['seccomp'], action: 'SCMP_ACT_ERRNO', errnoRet: 22, args: [NEW_LISTENER] }],
      },
      process.arch === 'arm64' ? 'aarch64' : 'x86_64',
    );
    const filter = join(directory.path, 'older.bpf');
    writeFileSync(filter, older);
    const filtered = shop.compile('filtered');
    const { execa } = await import('execa');
    const argv = [filter, process.execPath, MAIN, 'run', '--seccomp-trace', '-', 'echo', 'a'];
    const { exitCode, stdout, stderr } = await execa(filtered, argv, { reject: false, cwd: directory.path });
    expect([exitCode, stdout]).toEqual([125, '']);
    expect(stderr).toMatch(/this host cannot trace system calls: that takes Linux 5\.5/);
  });
});
