/** A policy read literally, call by call: slow, short, and what the compiled program is held against. */
import type { Arch, ArgTest, Op, Policy } from '../../../../../src/sandbox/seccomp/index.js';
import { syscallNumbers } from '../../../../../src/sandbox/seccomp/syscall-numbers.js';
import { AUDIT_ARCH, type Call } from './call.js';

const RETURNS: Readonly<Record<string, number>> = {
  SCMP_ACT_KILL_PROCESS: 0x8000_0000,
  SCMP_ACT_KILL_THREAD: 0,
  SCMP_ACT_KILL: 0,
  SCMP_ACT_TRAP: 0x0003_0000,
  SCMP_ACT_ERRNO: 0x0005_0000,
  SCMP_ACT_NOTIFY: 0x7fc0_0000,
  SCMP_ACT_TRACE: 0x7ff0_0000,
  SCMP_ACT_LOG: 0x7ffc_0000,
  SCMP_ACT_ALLOW: 0x7fff_0000,
};
export const KILL = 0x8000_0000;

const MATCHES: Readonly<Record<Op, (arg: bigint, value: bigint, valueTwo: bigint) => boolean>> = {
  SCMP_CMP_EQ: (arg, value) => arg === value,
  SCMP_CMP_NE: (arg, value) => arg !== value,
  SCMP_CMP_LT: (arg, value) => arg < value,
  SCMP_CMP_LE: (arg, value) => arg <= value,
  SCMP_CMP_GT: (arg, value) => arg > value,
  SCMP_CMP_GE: (arg, value) => arg >= value,
  SCMP_CMP_MASKED_EQ: (arg, mask, datum) => (arg & mask) === (datum & mask),
};

export function actionValue(action: string, errnoRet: number | undefined): number {
  const base = RETURNS[action] ?? Number.NaN;
  if (action === 'SCMP_ACT_ERRNO') return base + (errnoRet ?? 1);
  return action === 'SCMP_ACT_TRACE' || action === 'SCMP_ACT_TRAP' ? base + (errnoRet ?? 0) : base;
}

function matches({ index, op, value, valueTwo }: ArgTest, args: readonly bigint[]): boolean {
  return MATCHES[op](args[index] ?? 0n, BigInt(value), BigInt(valueTwo ?? 0));
}

export function evaluator(policy: Policy, arch: Arch): (call: Call) => number {
  const names = new Map([...syscallNumbers(arch)].map(([name, number]) => [number, name]));
  const fallback = actionValue(policy.defaultAction, policy.defaultErrnoRet);
  return (call) => {
    if (call.arch !== AUDIT_ARCH[arch]) return KILL;
    if (arch === 'x86_64' && call.nr >= 0x4000_0000 && call.nr !== 0xffff_ffff) return KILL;
    const name = names.get(call.nr);
    if (name === undefined) return fallback;
    const rule = policy.syscalls.find(
      (candidate) =>
        candidate.names.includes(name) && (candidate.args ?? []).every((test) => matches(test, call.args)),
    );
    return rule === undefined ? fallback : actionValue(rule.action, rule.errnoRet);
  };
}
