import { describe, expect, test } from 'vitest';
import {
  compilePolicy,
  describeTrace,
  keptArguments,
  seccompPolicy,
} from '../../../../src/sandbox/seccomp/index.js';
import { syscallNumbers } from '../../../../src/sandbox/seccomp/syscall-numbers.js';
import { tracedPolicy } from '../../../../src/sandbox/seccomp/traced-policy.js';
import { unknownNames } from '../../../../src/sandbox/seccomp/unknown-names.js';
import { Verdicts } from '../../../../src/sandbox/seccomp/verdicts.js';
import { parseSeccompProfile, type TracedCall } from '../../../../src/spec/index.js';
import { AUDIT_ARCH, NO_ARGS } from './support/call.js';
import { edgeCalls, show } from './support/edges.js';
import { interpreter } from './support/interpret.js';

const numbers = syscallNumbers('x86_64');
const numberOf = (name: string): number => numbers.get(name) ?? Number.NaN;

const call = (name: string, count: number, ...args: bigint[]): TracedCall => ({
  arch: AUDIT_ARCH.x86_64,
  number: numberOf(name),
  count,
  args: [...args, ...NO_ARGS].slice(0, 6),
});

const DEFAULT = seccompPolicy('default', 'x86_64');

describe('verdicts', () => {
  test.each(['x86_64', 'aarch64'] as const)('are those of the compiled program, on %s', (arch) => {
    for (const name of ['default', 'strict'] as const) {
      const policy = seccompPolicy(name, arch);
      if (policy === null) throw new Error(name);
      const run = interpreter(compilePolicy(policy, arch));
      const verdicts = new Verdicts(policy, arch);
      const own = edgeCalls(policy, arch).filter((one) => one.arch === AUDIT_ARCH[arch]);
      expect(own.filter((one) => verdicts.of(one.nr, one.args) !== run(one).result).map(show)).toEqual([]);
    }
  });
});

test('arguments are kept that a policy looks at, or that say what a call is about, and no others', () => {
  const kept = keptArguments(DEFAULT, 'x86_64');
  const of = (name: string) => kept[numberOf(name)];
  expect(['read', 'mmap', 'futex', 'openat'].map(of)).toEqual([0, 0, 0, 0]);
  expect(['socket', 'clone', 'ioctl', 'prlimit64'].map(of)).toEqual([0b111, 0b1, 0b10, 0b111]);
  expect(keptArguments(null, 'x86_64')[numberOf('prlimit64')]).toBe(0b10);
});

describe('a trace', () => {
  const trace = {
    beyond: 3,
    calls: [
      call('read', 5),
      call('socket', 1, 2n, 1n, 6n),
      call('socket', 2, 38n, 5n),
      call('unshare', 1, 0x1000_0000n),
      // They differ in what the policy looks at and nobody wants to see.
      call('prlimit64', 1, 0n, 3n, 0x1000n),
      call('prlimit64', 1, 0n, 3n, 0x2000n),
      { ...call('read', 1), number: 900 },
    ],
  };

  test('is held against a policy', () => {
    expect(describeTrace(trace, DEFAULT, 'x86_64')).toEqual({
      uncounted: 3,
      calls: [
        { name: 'read', args: [], count: 5, refused: null },
        { name: 'prlimit64', args: [3], count: 2, refused: null },
        { name: 'socket', args: [38, 5, 0], count: 2, refused: 'EAFNOSUPPORT' },
        { name: 'call 900', args: [], count: 1, refused: 'ENOSYS' },
        { name: 'socket', args: [2, 1, 6], count: 1, refused: null },
        { name: 'unshare', args: [0x1000_0000], count: 1, refused: 'EPERM' },
      ],
    });
  });

  test('of a program that the policy would end says so', () => {
    const held = describeTrace(trace, seccompPolicy('strict', 'x86_64'), 'x86_64');
    expect(held.calls.map(({ name, refused }) => [name, refused])).toEqual(
      expect.arrayContaining([
        ['socket', 'killed'],
        ['socket', 'EAFNOSUPPORT'],
        ['unshare', 'killed'],
      ]),
    );
  });

  test('against none refuses nothing', () => {
    expect(describeTrace(trace, null, 'x86_64').calls.every(({ refused }) => refused === null)).toBe(true);
  });

  test('gives a policy that allows what was done, and no more', () => {
    const policy = tracedPolicy(describeTrace(trace, DEFAULT, 'x86_64'), 'default');
    const run = interpreter(compilePolicy(policy, 'x86_64'));
    const ask = (name: string, ...args: bigint[]) =>
      run({ ...call(name, 1, ...args), nr: numberOf(name) }).result;
    const ALLOW = 0x7fff_0000;
    for (const name of ['read', 'unshare', 'prlimit64', 'execve', 'exit_group', 'rt_sigreturn']) {
      expect([name, ask(name)]).toEqual([name, ALLOW]);
    }
    expect([ask('socket', 2n), ask('socket', 38n), ask('socket', 1n)]).toEqual([ALLOW, ALLOW, 0x5_0026]);
    expect([ask('write'), ask('clone', 17n), ask('clone3')]).toEqual([0x5_0026, 0x5_0026, 0x5_0026]);
    const comments = policy.syscalls
      .filter(({ names }) => names.includes('unshare'))
      .map(({ comment }) => comment);
    expect(comments).toEqual(['The policy default refuses these, or some uses of them.']);
  });

  test('of processes and threads allows both, in no new namespace', () => {
    const calls = [call('clone', 1, 17n), call('clone', 3, 0x3d_0f00n)];
    const policy = tracedPolicy(describeTrace({ beyond: 0, calls }, DEFAULT, 'x86_64'), 'default');
    const run = interpreter(compilePolicy(policy, 'x86_64'));
    const clone = (flags: bigint) => run({ ...call('clone', 1, flags), nr: numberOf('clone') }).result;
    expect([clone(17n), clone(0x3d_0f00n), clone(17n | 0x1000_0000n)]).toEqual([
      0x7fff_0000, 0x7fff_0000, 0x5_0026,
    ]);
    expect(policy.syscalls.filter(({ names }) => names.includes('clone'))).toHaveLength(1);
  });
});

test('names that are no calls are told apart: misspelt, of others, in a rule that refuses', async () => {
  const text = `{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[
    {"names":["mounnt","umount2"],"action":"SCMP_ACT_ERRNO"},
    {"names":["opennat","waitpid","arm_fadvise64_64","zzz"],"action":"SCMP_ACT_ALLOW"}]}`;
  expect(unknownNames(await parseSeccompProfile(text, 'p'), 'x86_64')).toEqual([
    { name: 'mounnt', refuses: true, meant: 'mount' },
    { name: 'opennat', refuses: false, meant: 'openat' },
    { name: 'waitpid', refuses: false, meant: undefined },
    { name: 'arm_fadvise64_64', refuses: false, meant: undefined },
    { name: 'zzz', refuses: false, meant: undefined },
  ]);
});
