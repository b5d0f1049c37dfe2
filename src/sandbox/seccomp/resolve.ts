/** From names to numbers: what a policy says about every possible call number of one architecture. */
import { HotcellError } from '../../core/index.js';
import { ACTIONS, ARCHES, NO_CALL, X32_FIRST } from './kernel.js';
import type { Action, Arch, ArgTest, Op, Policy, Rule } from './policy.js';
import { syscallNumbers } from './syscall-numbers.js';

/** An {@link ArgTest} with its defaults filled in and its numbers made whole. */
export interface Comparison {
  readonly index: number;
  readonly op: Op;
  readonly value: bigint;
  readonly valueTwo: bigint;
}

interface Branch {
  readonly tests: readonly Comparison[];
  readonly result: number;
}

/** What to return for a call: that of the first branch whose tests all hold, else `otherwise`. */
export interface Verdict {
  readonly branches: readonly Branch[];
  readonly otherwise: number;
}

/** Call numbers from `first` up to the next range's have one verdict. */
export interface Range {
  readonly first: number;
  readonly verdict: Verdict;
}

const EPERM = 1;

/** Which actions carry a number. The kernel would lower an errno above 4095 without a word. */
const DATA_OF_ACTION: Readonly<Partial<Record<Action, { usual: number; max: number }>>> = {
  SCMP_ACT_ERRNO: { usual: EPERM, max: 4095 },
  SCMP_ACT_TRACE: { usual: 0, max: 0xffff },
  SCMP_ACT_TRAP: { usual: 0, max: 0xffff },
};

const LAST_WORD = 2n ** 64n - 1n;

/** Calls of another architecture end the process: they have other numbers, so no rule of ours would mean them. */
export const FOREIGN_RESULT = ACTIONS.SCMP_ACT_KILL_PROCESS;

function invalid(message: string): HotcellError {
  return new HotcellError({ code: 'invalid-spec', message: `seccomp policy: ${message}` });
}

function resultOf(action: Action, errnoRet: number | undefined): number {
  const data = DATA_OF_ACTION[action];
  if (data === undefined) return ACTIONS[action];
  const value = errnoRet ?? data.usual;
  if (!Number.isInteger(value) || value < 0 || value > data.max) {
    throw invalid(`errnoRet ${value} is not in 0…${data.max}`);
  }
  return ACTIONS[action] + value;
}

function word(value: number | bigint): bigint {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw invalid(`value ${value} is not a whole number below 2⁵³; a larger one must be a bigint`);
  }
  const whole = BigInt(value);
  if (whole < 0n || whole > LAST_WORD) throw invalid(`value ${whole} is not in 0…${LAST_WORD}`);
  return whole;
}

function comparison({ index, op, value, valueTwo }: ArgTest): Comparison {
  if (!Number.isInteger(index) || index < 0 || index > 5) {
    throw invalid(`argument index ${index} is not in 0…5`);
  }
  return { index, op, value: word(value), valueTwo: word(valueTwo ?? 0) };
}

function branchOf({ names, action, errnoRet, args = [] }: Rule): Branch {
  const tests = args.map(comparison);
  // Docker reads this as "or", everybody else as "and": refuse it rather than choose.
  if (new Set(tests.map(({ index }) => index)).size < tests.length) {
    throw invalid(`a rule for ${names.join(', ')} tests one argument twice; write two rules`);
  }
  return { tests, result: resultOf(action, errnoRet) };
}

/** Leaves out what cannot make a difference: all after the first certain match, and last tests for the same result. */
function verdictOf(branches: readonly Branch[], fallback: number): Verdict {
  const certain = branches.findIndex(({ tests }) => tests.length === 0);
  const otherwise = branches[certain]?.result ?? fallback;
  const conditional = certain < 0 ? branches : branches.slice(0, certain);
  const last = conditional.findLastIndex(({ result }) => result !== otherwise);
  return { branches: conditional.slice(0, last + 1), otherwise };
}

function branchesByNumber(policy: Policy, arch: Arch): Map<number, Branch[]> {
  const numbers = syscallNumbers(arch);
  const byNumber = new Map<number, Branch[]>();
  for (const rule of policy.syscalls) {
    const branch = branchOf(rule);
    for (const name of rule.names) {
      const number = numbers.get(name);
      if (number === undefined) continue;
      const branches = byNumber.get(number) ?? [];
      byNumber.set(number, branches);
      branches.push(branch);
    }
  }
  return byNumber;
}

export function alike(a: Verdict | undefined, b: Verdict): boolean {
  if (a === undefined || a.otherwise !== b.otherwise || a.branches.length !== b.branches.length) return false;
  return a.branches.every((branch, index) => branch === b.branches[index]);
}

/** The whole number space, 0 to 2³²−1, as few ranges in rising order; the first begins at 0. */
export function resolvePolicy(policy: Policy, arch: Arch): Range[] {
  if (!policy.archMap.some(({ architecture }) => architecture === ARCHES[arch].docker)) {
    throw invalid(`it is not for ${arch}`);
  }
  const fallback = resultOf(policy.defaultAction, policy.defaultErrnoRet);
  const unlisted: Verdict = { branches: [], otherwise: fallback };
  const ranges: Range[] = [{ first: 0, verdict: unlisted }];
  const verdictFrom = (first: number, verdict: Verdict): void => {
    if (ranges.at(-1)?.first === first) ranges.pop();
    if (!alike(ranges.at(-1)?.verdict, verdict)) ranges.push({ first, verdict });
  };
  for (const [number, branches] of [...branchesByNumber(policy, arch)].sort(([a], [b]) => a - b)) {
    verdictFrom(number, verdictOf(branches, fallback));
    verdictFrom(number + 1, unlisted);
  }
  if (arch === 'x86_64') {
    verdictFrom(X32_FIRST, { branches: [], otherwise: FOREIGN_RESULT });
    verdictFrom(NO_CALL, unlisted);
  }
  return ranges;
}
