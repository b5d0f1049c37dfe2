import type { Arch, Op, Policy } from './policy.js';
import { type Comparison, type Range, resolvePolicy } from './resolve.js';

type Words = readonly bigint[];

const HOLDS: Readonly<Record<Op, (arg: bigint, value: bigint, valueTwo: bigint) => boolean>> = {
  SCMP_CMP_EQ: (arg, value) => arg === value,
  SCMP_CMP_NE: (arg, value) => arg !== value,
  SCMP_CMP_LT: (arg, value) => arg < value,
  SCMP_CMP_LE: (arg, value) => arg <= value,
  SCMP_CMP_GT: (arg, value) => arg > value,
  SCMP_CMP_GE: (arg, value) => arg >= value,
  SCMP_CMP_MASKED_EQ: (arg, mask, wanted) => (arg & mask) === (wanted & mask),
};

const holds = ({ index, op, value, valueTwo }: Comparison, args: Words): boolean =>
  HOLDS[op](args[index] ?? 0n, value, valueTwo);

/** A policy as something to ask: what it returns (SECCOMP_RET_*) for a call of the architecture itself. */
export class Verdicts {
  readonly #ranges: readonly Range[];

  constructor(policy: Policy, arch: Arch) {
    this.#ranges = resolvePolicy(policy, arch);
  }

  of(number: number, args: Words): number {
    const range = this.#ranges.findLast(({ first }) => first <= number);
    if (range === undefined) throw new RangeError(`there is no call ${number}`);
    const { branches, otherwise } = range.verdict;
    return branches.find(({ tests }) => tests.every((test) => holds(test, args)))?.result ?? otherwise;
  }

  /** A mask of the arguments that decide anything for a call. */
  tested(number: number): number {
    const { branches } = this.#ranges.findLast(({ first }) => first <= number)?.verdict ?? { branches: [] };
    return branches.flatMap(({ tests }) => tests).reduce((mask, { index }) => mask | (1 << index), 0);
  }
}
