import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compilePolicy,
  DEFAULT_POLICY,
  type Policy,
  type Rule,
} from '../../../../src/sandbox/seccomp/index.js';
import { anyPolicy } from './support/arbitraries.js';
import { AUDIT_ARCH, type Call } from './support/call.js';
import { edgeCalls, show } from './support/edges.js';
import { evaluator } from './support/evaluate.js';
import { interpreter, problems } from './support/interpret.js';

const ARCHES = ['x86_64', 'aarch64'] as const;

const EMPTY: Policy = {
  defaultAction: 'SCMP_ACT_ALLOW',
  archMap: [{ architecture: 'SCMP_ARCH_X86_64' }],
  syscalls: [],
};

function withRule(rule: Rule): Policy {
  return { ...EMPTY, syscalls: [rule] };
}

/** Where program and policy disagree. */
function differences(policy: Policy, arch: (typeof ARCHES)[number], calls: readonly Call[]): string[] {
  const run = interpreter(compilePolicy(policy, arch));
  const expected = evaluator(policy, arch);
  return calls.filter((call) => run(call).result !== expected(call)).map(show);
}

describe.each(ARCHES)('on %s', (arch) => {
  test('the default policy says the same compiled and read literally, for all numbers and edges', () => {
    const calls = edgeCalls(DEFAULT_POLICY, arch);
    expect(calls.length).toBeGreaterThan(9000);
    expect(differences(DEFAULT_POLICY, arch, calls)).toEqual([]);
  });

  test('so does any policy', () => {
    const property = fc.property(anyPolicy, (policy) => {
      expect(problems(compilePolicy(policy, arch))).toEqual([]);
      expect(differences(policy, arch, edgeCalls(policy, arch))).toEqual([]);
    });
    fc.assert(property, { numRuns: 40 });
  });

  test('the kernel would take the default program', () => {
    expect(problems(compilePolicy(DEFAULT_POLICY, arch))).toEqual([]);
  });

  test('a call without argument rules costs few instructions', () => {
    const run = interpreter(compilePolicy(DEFAULT_POLICY, arch));
    const steps = Array.from({ length: 512 }, (_, nr) =>
      run({ arch: AUDIT_ARCH[arch], nr, args: [0n, 0n, 0n, 0n, 0n, 0n] }),
    ).map((result) => result.steps);
    expect(Math.max(...steps)).toBeLessThan(40);
  });
});

describe('a program of thousands of instructions', () => {
  /** `count` rules for one call, so that jumps go farther than 255. */
  function longPolicy(count: number): Policy {
    const syscalls = Array.from({ length: count }, (_, index): Rule[] => [
      {
        names: [index % 2 === 0 ? 'read' : 'socket'],
        action: 'SCMP_ACT_ERRNO',
        errnoRet: index % 7,
        args: [
          { index: index % 6, op: 'SCMP_CMP_EQ', value: BigInt(index) << 31n },
          { index: (index + 1) % 6, op: 'SCMP_CMP_GE', value: index },
        ],
      },
    ]);
    return { ...EMPTY, syscalls: syscalls.flat() };
  }

  test('jumps as far as it must', () => {
    const policy = longPolicy(300);
    const program = compilePolicy(policy, 'x86_64');
    expect(program.length / 8).toBeGreaterThan(2000);
    expect(problems(program)).toEqual([]);
    const calls = edgeCalls(policy, 'x86_64').filter((_, index) => index % 97 === 0);
    expect(differences(policy, 'x86_64', calls)).toEqual([]);
  });

  test('is refused beyond what the kernel takes', () => {
    expect(() => compilePolicy(longPolicy(700), 'x86_64')).toThrow(
      /needs \d+ instructions; the kernel takes 4096/,
    );
  });
});

test('calls with the same rules share their code', () => {
  const args = [{ index: 0, op: 'SCMP_CMP_EQ', value: 1n }] as const;
  const one = compilePolicy(withRule({ names: ['read'], action: 'SCMP_ACT_ERRNO', args }), 'x86_64');
  const names = ['read', 'open', 'fstat', 'poll'];
  const four = compilePolicy(withRule({ names, action: 'SCMP_ACT_ERRNO', args }), 'x86_64');
  // Each further call adds two ranges and so two jumps.
  expect(four.length / 8 - one.length / 8).toBe(6);
});

describe('a policy is refused', () => {
  const read = { names: ['read'], action: 'SCMP_ACT_ERRNO' } as const;

  test.each([
    ['one argument twice', { ...read, args: [eq(0, 1), eq(0, 2)] }, /tests one argument twice/],
    ['an argument that does not exist', { ...read, args: [eq(6, 1)] }, /index 6 is not in 0…5/],
    ['a negative value', { ...read, args: [eq(0, -1)] }, /value -1 is not in/],
    ['a value of 65 bits', { ...read, args: [eq(0, 2n ** 64n)] }, /is not in 0…18446744073709551615/],
    ['a number that has lost its last bits', { ...read, args: [eq(0, 2 ** 60)] }, /must be a bigint/],
    ['a fraction', { ...read, args: [eq(0, 0.5)] }, /must be a bigint/],
    ['an errno that the kernel would change', { ...read, errnoRet: 4096 }, /errnoRet 4096 is not in 0…4095/],
  ])('for %s', (_, rule, message) => {
    expect(() => compilePolicy(withRule(rule), 'x86_64')).toThrow(
      expect.objectContaining({ code: 'invalid-spec', message: expect.stringMatching(message) }),
    );
  });

  test('for another architecture than its own', () => {
    expect(() => compilePolicy(EMPTY, 'aarch64')).toThrow(/it is not for aarch64/);
  });

  function eq(index: number, value: number | bigint) {
    return { index, op: 'SCMP_CMP_EQ', value } as const;
  }
});
