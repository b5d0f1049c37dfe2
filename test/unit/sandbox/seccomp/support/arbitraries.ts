/** Random policies, over few calls and values so that rules meet. */
import fc from 'fast-check';
import type { Action, ArgTest, Op, Policy, Rule } from '../../../../../src/sandbox/seccomp/index.js';
import type {
  ProfileCondition,
  ProfileRule,
  ProfileTest,
  SeccompProfile,
} from '../../../../../src/spec/index.js';

const OPS: readonly Op[] = [
  'SCMP_CMP_EQ',
  'SCMP_CMP_NE',
  'SCMP_CMP_LT',
  'SCMP_CMP_LE',
  'SCMP_CMP_GT',
  'SCMP_CMP_GE',
  'SCMP_CMP_MASKED_EQ',
];
const ACTIONS: readonly Action[] = [
  'SCMP_ACT_ALLOW',
  'SCMP_ACT_ERRNO',
  'SCMP_ACT_KILL_PROCESS',
  'SCMP_ACT_KILL_THREAD',
  'SCMP_ACT_LOG',
  'SCMP_ACT_TRACE',
  'SCMP_ACT_TRAP',
  'SCMP_ACT_NOTIFY',
];
/** Names that only one architecture has, that none has, and neighbours on either. */
const NAMES = words(
  'read write open openat close ioctl clone socket mount arch_prctl renameat mseal listmount none',
);

function words(text: string): string[] {
  return text.split(' ');
}

const word = fc.oneof(
  fc.bigInt(0n, 2n ** 64n - 1n),
  fc.constantFrom(
    0n,
    1n,
    2n,
    2n ** 31n,
    2n ** 32n - 1n,
    2n ** 32n,
    2n ** 32n + 1n,
    2n ** 63n,
    2n ** 64n - 1n,
  ),
);

const argTest: fc.Arbitrary<ArgTest> = fc.record({
  index: fc.integer({ min: 0, max: 5 }),
  op: fc.constantFrom(...OPS),
  value: word,
  valueTwo: word,
});

const argTests = fc.uniqueArray(argTest, { maxLength: 3, selector: ({ index }) => index });

const rule: fc.Arbitrary<Rule> = fc.record({
  names: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 }),
  action: fc.constantFrom(...ACTIONS),
  errnoRet: fc.integer({ min: 0, max: 4095 }),
  args: argTests,
});

const archMap = [{ architecture: 'SCMP_ARCH_X86_64' }, { architecture: 'SCMP_ARCH_AARCH64' }] as const;

export const anyPolicy: fc.Arbitrary<Policy> = fc.record({
  defaultAction: fc.constantFrom(...ACTIONS),
  defaultErrnoRet: fc.integer({ min: 0, max: 4095 }),
  archMap: fc.constant(archMap),
  syscalls: fc.array(rule, { maxLength: 12 }),
});

/** One rule, with tests of any kind. */
const oneRule = fc.array(argTests, { minLength: 1, maxLength: 1 });

/** Several rules that test for equality, of all bits or some. */
const equalities = fc.array(argTests.map(asEqualities), { minLength: 1, maxLength: 5 });

function asEqualities(tests: readonly ArgTest[]): ArgTest[] {
  return tests.map((test) => (test.op === 'SCMP_CMP_MASKED_EQ' ? test : { ...test, op: 'SCMP_CMP_EQ' }));
}

/**
 * Policies that libseccomp gets right. It has no order of rules, so all rules of a call have one action; and 2.5.4 loses
 * tests where rules of one call compare an argument by order and in several ways: with `arg2 <= 0 && arg3 == 0` and `arg2 > 2³¹`
 * it lets arg2 = 0, arg3 = 1 through.
 */
export const policyForLibseccomp: fc.Arbitrary<Policy> = fc
  .dictionary(fc.constantFrom(...NAMES), fc.oneof(oneRule, equalities), { maxKeys: 8 })
  .map((rulesOf) => ({
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 38,
    archMap,
    syscalls: Object.entries(rulesOf).flatMap(([name, alternatives]) =>
      alternatives.map((args): Rule => ({ names: [name], action: 'SCMP_ACT_ALLOW', args })),
    ),
  }));

const condition: fc.Arbitrary<ProfileCondition> = fc.record({
  caps: fc.subarray(['SYS_ADMIN', 'SYS_NICE', 'SYS_CHROOT'], { maxLength: 2 }),
  arches: fc.subarray(['amd64', 'arm64', 'x32', 's390x'], { maxLength: 2 }),
  minKernel: fc.constantFrom(null, [4, 8] as const, [6, 1] as const, [7, 0] as const),
});

const NO_CONDITION: ProfileCondition = { caps: [], arches: [], minKernel: null };

/** Mostly none, or next to nothing would be left. */
const conditions = fc.oneof(
  { weight: 4, arbitrary: fc.constant(NO_CONDITION) },
  { weight: 1, arbitrary: condition },
);

const asText = (value: number | bigint): number | string =>
  value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);

/** With an argument twice, which docker reads as "or". */
const profileTests: fc.Arbitrary<ProfileTest[]> = fc
  .array(argTest, { minLength: 1, maxLength: 3 })
  .map((tests) =>
    asEqualities(tests).map(({ index, op, value, valueTwo = 0 }) => ({
      ...{ index, op, value: asText(value), valueTwo: asText(valueTwo) },
    })),
  );

/**
 * Profiles whose meaning to docker does not depend on libseccomp's inner order: rules with tests allow, for one call; those
 * without may do anything, once for a call, before or after the others.
 */
export const profileForDocker: fc.Arbitrary<SeccompProfile> = fc
  .record({
    errnoRet: fc.constantFrom(null, 1, 38),
    tested: fc.dictionary(fc.constantFrom(...NAMES), fc.array(profileTests, { minLength: 1, maxLength: 3 }), {
      maxKeys: 6,
    }),
    certain: fc.dictionary(
      fc.constantFrom(...NAMES),
      fc.record({
        action: fc.constantFrom('SCMP_ACT_ALLOW', 'SCMP_ACT_ERRNO', 'SCMP_ACT_KILL_PROCESS', 'SCMP_ACT_LOG'),
        errnoRet: fc.constantFrom(null, 1, 38),
      }),
      { maxKeys: 4 },
    ),
    excludes: conditions,
    includes: conditions,
    last: fc.boolean(),
  })
  .map(({ errnoRet, tested, certain, includes, excludes, last }) => {
    const conditional = Object.entries(tested).flatMap(([name, alternatives]) =>
      alternatives.map((args): ProfileRule => {
        const rule = { names: [name], action: 'SCMP_ACT_ALLOW', errnoRet: null, args } as const;
        return { ...rule, includes: NO_CONDITION, excludes };
      }),
    );
    const plain = Object.entries(certain).map(
      ([name, rule]): ProfileRule => ({ ...rule, names: [name], args: [], includes, excludes: NO_CONDITION }),
    );
    return {
      defaultAction: 'SCMP_ACT_ERRNO',
      defaultErrnoRet: errnoRet,
      firstMatch: false,
      syscalls: last ? [...conditional, ...plain] : [...plain, ...conditional],
    };
  });
