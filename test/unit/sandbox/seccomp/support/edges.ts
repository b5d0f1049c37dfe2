/** Calls at which a compiled policy may go wrong: every number, and each argument around each value that a rule names. */
import type { Arch, ArgTest, Policy, Rule } from '../../../../../src/sandbox/seccomp/index.js';
import { syscallNumbers } from '../../../../../src/sandbox/seccomp/syscall-numbers.js';
import { AUDIT_ARCH, type Call, NO_ARGS } from './call.js';

const ALL = 2n ** 64n - 1n;
const LAST_NUMBER = 1023;
const EDGE_NUMBERS = [
  0x3fff_ffff, 0x4000_0000, 0x4000_0001, 0x4000_0029, 0x4000_0200, 0x4000_0223, 0x7fff_ffff, 0x8000_0000,
  0xbfff_ffff, 0xc000_0000, 0xffff_fffe, 0xffff_ffff,
];
const ORDINARY_ARGS: readonly (readonly bigint[])[] = [
  NO_ARGS,
  NO_ARGS.map(() => ALL),
  [1n, 2n ** 31n, 2n ** 32n, 2n ** 63n, 0xffff_ffffn, 3n],
];

/** Around a value, the same low or high word with another, single bits flipped. */
function around(value: bigint): bigint[] {
  const flips = [0n, 1n, 31n, 32n, 63n].map((bit) => value ^ (1n << bit));
  return [value, value - 1n, value + 1n, ~value, value << 32n, value >> 32n, value + 2n ** 32n, ...flips].map(
    (edge) => BigInt.asUintN(64, edge),
  );
}

function edgesOf({ op, value, valueTwo }: ArgTest): bigint[] {
  if (op !== 'SCMP_CMP_MASKED_EQ') return around(BigInt(value));
  const mask = BigInt(value);
  const wanted = BigInt(valueTwo ?? 0) & mask;
  const unmasked = BigInt.asUintN(64, ~mask);
  return [
    ...around(wanted),
    ...around(wanted | unmasked),
    ...around(mask),
    wanted | (unmasked & 0xffff_0000n),
  ];
}

/** Arguments that fulfil a rule, as long as its tests are for equality. */
function fulfilling({ args = [] }: Rule): bigint[] {
  const result = [...NO_ARGS];
  for (const { index, op, value, valueTwo } of args) {
    result[index] = BigInt(op === 'SCMP_CMP_MASKED_EQ' ? (valueTwo ?? 0) : value);
  }
  return result;
}

/** For one call: each rule fulfilled, then one argument at a time moved to every edge of any rule. */
function argsFor(rules: readonly Rule[]): (readonly bigint[])[] {
  const bases = [...ORDINARY_ARGS, ...rules.map(fulfilling)];
  const tests = rules.flatMap(({ args = [] }) => args);
  const moved = tests.flatMap((test) =>
    edgesOf(test).flatMap((edge) =>
      bases.map((base) => base.map((arg, index) => (index === test.index ? edge : arg))),
    ),
  );
  return [...bases, ...moved];
}

export function edgeCalls(policy: Policy, arch: Arch): Call[] {
  const names = new Map([...syscallNumbers(arch)].map(([name, number]) => [number, name]));
  const numbers = [...Array.from({ length: LAST_NUMBER + 1 }, (_, number) => number), ...EDGE_NUMBERS];
  return numbers.flatMap((nr) => {
    const name = names.get(nr) ?? '';
    const rules = policy.syscalls.filter((rule) => rule.names.includes(name));
    const native = argsFor(rules).map((args) => ({ arch: AUDIT_ARCH[arch], nr, args }));
    const foreign = Object.values(AUDIT_ARCH).map((other) => ({ arch: other, nr, args: NO_ARGS }));
    return [...native, ...foreign];
  });
}

export function show({ arch, nr, args }: Call): string {
  return `arch 0x${arch.toString(16)} call ${nr} (${args.map((arg) => `0x${arg.toString(16)}`).join(', ')})`;
}
