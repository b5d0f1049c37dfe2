import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { planRun } from '../../../../src/cli/run/plan.js';
import { seccompNotes } from '../../../../src/cli/run/seccomp.js';
import { traceLines, writeTracedProfile } from '../../../../src/cli/run/trace.js';
import { SHOWN } from '../../../../src/cli/seccomp/commands.js';
import { SHOWN_SECCOMP } from '../../../../src/engine/index.js';
import { parseSeccompProfile } from '../../../../src/spec/index.js';
import { flagsOf } from '../support.js';

const directory = mkdtempSync(join(tmpdir(), 'hotcell-cli-seccomp-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function plan(...argv: string[]) {
  const { flags, command } = flagsOf([...argv, 'true']);
  return planRun(flags, command, { cwd: '/here', env: {} });
}

describe('--seccomp', () => {
  test.each([
    [[], undefined],
    [['--seccomp', 'strict'], 'strict'],
    [['--seccomp', 'unconfined'], 'unconfined'],
    [['--seccomp', 'p.json'], { path: '/here/p.json' }],
    [['--seccomp', './strict'], { path: '/here/strict' }],
    [['--seccomp', '/p.json'], { path: '/p.json' }],
    [['--security-opt', 'seccomp=unconfined'], 'unconfined'],
    [['--security-opt', 'seccomp:unconfined'], 'unconfined'],
    [['--security-opt', 'seccomp=builtin'], 'default'],
    [['--security-opt', 'seccomp=strict'], 'strict'],
    [['--security-opt', 'seccomp=/a/p.json', '--security-opt', 'no-new-privileges'], { path: '/a/p.json' }],
    [['--security-opt', 'seccomp=a', '--security-opt', 'seccomp=b'], { path: '/here/b' }],
    [['--seccomp', 'strict', '--security-opt', 'seccomp=strict'], 'strict'],
  ])('%j is %j', (argv, seccomp) => {
    expect(plan(...argv).job.seccomp).toEqual(seccomp);
  });

  test.each([
    [['--seccomp', ''], '--seccomp: "" is not a file'],
    [
      ['--seccomp', 'strict', '--security-opt', 'seccomp=default'],
      '--seccomp and --security-opt seccomp=… are the same; give one of them',
    ],
    [
      ['--security-opt', 'apparmor=x'],
      /^--security-opt: "apparmor=x" is not allowed; use one of .*seccomp=FILE/,
    ],
    [
      ['--seccomp', 'strict', '--isolation', 'none'],
      '--seccomp: needs isolation "full"; with "none" there is no filter',
    ],
    [['--seccomp-trace', ''], '--seccomp-trace: "" is not a file'],
  ])('%j is refused', (argv, message) => {
    expect(() => plan(...argv)).toThrow(message);
    expect(() => plan(...argv)).toThrow(expect.objectContaining({ code: 'invalid-usage' }));
  });

  test('a word that is nearly one of ours is no file that is not there', async () => {
    await expect(seccompNotes({ path: '/nowhere/strcit' })).rejects.toMatchObject({
      code: 'invalid-usage',
      message: '--seccomp: "/nowhere/strcit": no such file or directory; did you mean "strict"?',
    });
  });

  test('a rule that refuses nothing since its call is misspelt is said', async () => {
    const path = join(directory, 'deny.json');
    const rules = [
      { names: ['mounnt'], action: 'SCMP_ACT_ERRNO' },
      { names: ['opennat'], action: 'SCMP_ACT_ALLOW' },
    ];
    writeFileSync(path, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: rules }));
    expect(await seccompNotes({ path })).toEqual([
      expect.stringMatching(
        /^note: --seccomp: "mounnt" is no system call on \w+, so that nothing of it is refused; did you mean "mount"\?$/,
      ),
    ]);
    expect(await seccompNotes('strict')).toEqual([]);
  });
});

describe('--seccomp-trace', () => {
  test.each([
    [[], null],
    [['--seccomp-trace', '-'], '-'],
    [['--seccomp-trace', 'out.json'], '/here/out.json'],
  ])('%j goes to %j', (argv, path) => {
    expect(plan(...argv).tracePath).toBe(path);
  });

  const traced = {
    isolation: {
      ...{ level: 'full', tier: 'T1', degraded: [] },
      seccomp: { policy: 'strict', path: null },
    },
    systemCalls: {
      uncounted: 7,
      calls: [
        { name: 'read', args: [], count: 123_456, refused: null },
        { name: 'socket', args: [2, 0x8_0001, 0], count: 1, refused: 'killed' },
      ],
    },
  } as const;

  test('lists first what would have been refused', () => {
    expect(traceLines(traced as never)).toEqual([
      'system calls, and which the policy strict would refuse:',
      '     1 socket(2, 0x80001, 0)  refused: killed',
      '123456 read',
      '7 more calls, of more kinds than are told apart',
    ]);
    expect(traceLines({ isolation: traced.isolation } as never)).toEqual([]);
  });

  test('writes a policy that can be read', async () => {
    const path = join(directory, 'needed.json');
    expect(await writeTracedProfile(path, traced as never)).toEqual([]);
    const { readFileSync } = await import('node:fs');
    const profile = await parseSeccompProfile(readFileSync(path, 'utf8'), path);
    expect(profile.syscalls.flatMap(({ names }) => names)).toEqual(
      expect.arrayContaining(['read', 'socket', 'execve']),
    );
    expect(await writeTracedProfile('-', traced as never)).toEqual([]);
    expect(await writeTracedProfile(join(directory, 'no/where'), traced as never)).toEqual([
      expect.stringMatching(/^--seccomp-trace: ".*": no such file or directory$/),
    ]);
  });
});

test('completion offers what can be shown', () => {
  expect(SHOWN).toEqual([...SHOWN_SECCOMP]);
});
