/** What no policy may allow: the rest of the sandbox relies on it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Arch, compilePolicy, seccompProgram } from '../../../../src/sandbox/seccomp/index.js';
import { flooredPolicy } from '../../../../src/sandbox/seccomp/profile-policy.js';
import { syscallNumbers } from '../../../../src/sandbox/seccomp/syscall-numbers.js';
import { tracingProgram } from '../../../../src/sandbox/seccomp/trace.js';
import type { Capability, SeccompProfile } from '../../../../src/spec/index.js';
import { profileForDocker } from './support/arbitraries.js';
import { AUDIT_ARCH, NO_ARGS } from './support/call.js';
import { KILL } from './support/evaluate.js';
import { interpreter } from './support/interpret.js';

const ALLOW = 0x7fff_0000;
const JUNK = 0xdead_beef_0000_0000n;

/** Name and arguments of calls that must not come through, each with anything in the upper halves. */
const FORBIDDEN: readonly (readonly [name: string, ...args: number[]])[] = [
  ['keyctl'],
  ['add_key'],
  ['request_key'],
  ['io_uring_setup'],
  ['socket', 40, 1, 0],
  ['socket', 42, 2, 0],
  ['ioctl', 0, 0x5412],
  ['ioctl', 0, 0x541c],
  ['ioctl', 0, 0x5423],
  ['setrlimit', 4, 0x7000],
  ['prlimit64', 0, 4, 0x7000],
  ['setuid', 65_535],
  ['setfsuid', 65_535],
  ['setreuid', 0, 65_535],
  ['setreuid', 65_535, 0],
  ['setresuid', 0, 0, 65_535],
];

const ARCHES: readonly Arch[] = ['x86_64', 'aarch64'];

/** What comes through of it all, with any answer that is not the kernel's own. */
function comesThrough(program: Uint8Array, arch: Arch): string[] {
  const run = interpreter(program);
  const numbers = syscallNumbers(arch);
  const calls = FORBIDDEN.flatMap(([name, ...args]) =>
    [0n, JUNK].map((junk) => ({
      name,
      args: [...args.map((arg) => BigInt(arg) | junk), ...NO_ARGS].slice(0, 6),
    })),
  );
  const allowed = (result: number): boolean => result >= 0x7fc0_0000 && result <= ALLOW;
  return calls.flatMap(({ name, args }) => {
    const nr = numbers.get(name);
    if (nr === undefined) return [];
    const { result } = run({ arch: AUDIT_ARCH[arch], nr, args });
    return allowed(result) ? [`${name} ${args.join()}: ${result.toString(16)}`] : [];
  });
}

/** Calls by another table than the filter's own. */
function foreign(program: Uint8Array, arch: Arch): number[] {
  const run = interpreter(program);
  const others = Object.values(AUDIT_ARCH).filter((one) => one !== AUDIT_ARCH[arch]);
  const results = others.map((other) => run({ arch: other, nr: 1, args: NO_ARGS }).result);
  const x32 = { arch: AUDIT_ARCH.x86_64, nr: 0x4000_0001, args: NO_ARGS };
  return arch === 'x86_64' ? [...results, run(x32).result] : results;
}

const ALL: SeccompProfile = {
  defaultAction: 'SCMP_ACT_ALLOW',
  defaultErrnoRet: null,
  firstMatch: false,
  syscalls: [],
};

const EXPLICIT: SeccompProfile = {
  ...ALL,
  syscalls: [
    {
      ...{ names: FORBIDDEN.map(([name]) => name), action: 'SCMP_ACT_ALLOW', errnoRet: null, args: [] },
      includes: { caps: [], arches: [], minKernel: null },
      excludes: { caps: [], arches: [], minKernel: null },
    },
  ],
};

const floored = (profile: SeccompProfile, arch: Arch): Uint8Array =>
  compilePolicy(flooredPolicy(profile, { arch, capabilities: [], kernel: '6.1.0' }), arch);

describe.each(ARCHES)('on %s', (arch) => {
  test.each([
    ['that allows everything', ALL],
    ['that allows it by name', EXPLICIT],
    ['that logs everything', { ...ALL, defaultAction: 'SCMP_ACT_LOG' }],
    ['that asks a tracer', { ...ALL, defaultAction: 'SCMP_ACT_TRACE' }],
  ] as const)('a policy %s does not allow it', (_, profile) => {
    const program = floored(profile, arch);
    expect(comesThrough(program, arch)).toEqual([]);
    expect(foreign(program, arch).every((result) => result === KILL)).toBe(true);
    const { result } = interpreter(program)({ arch: AUDIT_ARCH[arch], nr: 1, args: NO_ARGS });
    expect(result).toBeGreaterThan(0x7fef_ffff);
  });

  test('no random one does', () => {
    const property = fc.property(
      profileForDocker,
      fc.constantFrom<SeccompProfile['defaultAction']>('SCMP_ACT_ALLOW', 'SCMP_ACT_LOG'),
      (profile, defaultAction) => {
        expect(comesThrough(floored({ ...profile, defaultAction }, arch), arch)).toEqual([]);
      },
    );
    fc.assert(property, { numRuns: 30 });
  });

  test('none of ours does, with whatever capabilities that let a program be root', () => {
    const root: Capability[] = ['SETUID', 'SYS_CHROOT'];
    for (const name of ['default', 'strict'] as const) {
      const program = seccompProgram(name, arch, root) ?? new Uint8Array();
      expect([name, comesThrough(program, arch)]).toEqual([name, []]);
      expect(foreign(program, arch).every((result) => result === KILL)).toBe(true);
    }
  });

  test('neither does the filter of a traced run, which lets through everything else', () => {
    const program = tracingProgram(arch);
    expect(comesThrough(program, arch)).toEqual([]);
    expect(foreign(program, arch).every((result) => result === KILL)).toBe(true);
    const run = interpreter(program);
    const asked = [...syscallNumbers(arch).values(), 999].map(
      (nr) => run({ arch: AUDIT_ARCH[arch], nr, args: NO_ARGS }).result,
    );
    expect(asked.filter((result) => result === 0x7fc0_0000).length).toBeGreaterThan(asked.length - 10);
  });
});

test('looking at limits is no setting of them', () => {
  const run = interpreter(floored(ALL, 'x86_64'));
  const nr = syscallNumbers('x86_64').get('prlimit64') ?? 0;
  const look = { arch: AUDIT_ARCH.x86_64, nr, args: [0n, 4n, 0n, 0x7000n, 0n, 0n] };
  expect(run(look).result).toBe(ALLOW);
});
