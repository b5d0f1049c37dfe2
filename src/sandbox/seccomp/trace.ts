/** Traced runs: every call is let through but what the floor refuses, counted, and held against a policy afterwards. */
import { constants } from 'node:os';
import { protocolLimits } from '../../launcher/index.js';
import type { SystemCalls, Trace, TracedCall } from '../../spec/index.js';
import { compilePolicy } from './compile.js';
import { FLOOR } from './floor.js';
import { ACTIONS, ARCHES } from './kernel.js';
import type { Arch, Policy, Rule } from './policy.js';
import { syscallNumbers } from './syscall-numbers.js';
import { Verdicts } from './verdicts.js';

const OWN: readonly Rule[] = [
  {
    comment: 'How the listener reaches init; the descriptor is closed by exec.',
    action: 'SCMP_ACT_ALLOW',
    names: ['sendmsg'],
    args: [{ index: 0, op: 'SCMP_CMP_EQ', value: protocolLimits.traceFd }],
  },
  {
    comment:
      'As in every policy worth having, so that what is traced are calls to clone, whose flags can be seen.',
    action: 'SCMP_ACT_ERRNO',
    errnoRet: constants.errno.ENOSYS,
    names: ['clone3'],
  },
];

const TRACING: Policy = {
  defaultAction: 'SCMP_ACT_NOTIFY',
  archMap: [{ architecture: 'SCMP_ARCH_X86_64' }, { architecture: 'SCMP_ARCH_AARCH64' }],
  syscalls: [...OWN, ...FLOOR],
};

/** The filter of a traced run, whatever policy it is held against. */
export const tracingProgram = (arch: Arch): Uint8Array => compilePolicy(TRACING, arch);

/** Arguments that say what a call is about, and are no addresses or descriptors. */
const TELLING: Readonly<Record<string, readonly number[]>> = {
  arch_prctl: [0],
  bpf: [0],
  clone: [0],
  ioctl: [1],
  keyctl: [0],
  mknod: [1],
  mknodat: [2],
  personality: [0],
  prctl: [0],
  prlimit64: [1],
  ptrace: [0],
  setns: [1],
  setrlimit: [0],
  setsockopt: [1, 2],
  socket: [0, 1, 2],
  socketpair: [0, 1, 2],
  unshare: [0],
};

const tellingMask = (name: string): number =>
  (TELLING[name] ?? []).reduce((mask, index) => mask | (1 << index), 0);

const highest = (arch: Arch): number => Math.max(...syscallNumbers(arch).values());

/** For the launcher: which arguments of each call are told apart. */
export function keptArguments(policy: Policy | null, arch: Arch): Uint8Array {
  const kept = new Uint8Array(highest(arch) + 1);
  const verdicts = policy && new Verdicts(policy, arch);
  for (const [name, number] of syscallNumbers(arch)) {
    kept[number] = tellingMask(name) | (verdicts?.tested(number) ?? 0);
  }
  return kept;
}

const ACTION_MASK = 0xffff_0000;

const ERRNO_NAMES = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));

const errorName = (number: number): string => ERRNO_NAMES.get(number) ?? `errno ${number}`;

/** What a program is answered; null when it is let through. */
function refusal(result: number): string | null {
  const data = result & 0xffff;
  switch ((result & ACTION_MASK) >>> 0) {
    case ACTIONS.SCMP_ACT_ALLOW:
    case ACTIONS.SCMP_ACT_LOG:
      return null;
    case ACTIONS.SCMP_ACT_ERRNO:
      return data === 0 ? null : errorName(data);
    case ACTIONS.SCMP_ACT_TRAP:
      return 'SIGSYS';
    case ACTIONS.SCMP_ACT_TRACE:
      return 'ENOSYS';
    default:
      return 'killed';
  }
}

/** Ints, as the kernel takes them; the upper half is whatever was in the register. */
const shownArgs = (name: string, { args }: TracedCall): number[] =>
  (TELLING[name] ?? []).map((index) => Number(BigInt.asUintN(32, args[index] ?? 0n)));

type Entry = SystemCalls['calls'][number];

const byCount = (a: Entry, b: Entry): number => b.count - a.count || (a.name < b.name ? -1 : 1);

/** Entries that differ in nothing that is shown are one. */
function merged(entries: readonly Entry[]): Entry[] {
  const known = new Map<string, Entry>();
  for (const entry of entries) {
    const key = JSON.stringify({ ...entry, count: 0 });
    known.set(key, { ...entry, count: entry.count + (known.get(key)?.count ?? 0) });
  }
  return [...known.values()].sort(byCount);
}

/** @param policy what each call is held against; null refuses nothing */
export function describeTrace({ calls, beyond }: Trace, policy: Policy | null, arch: Arch): SystemCalls {
  const names = new Map([...syscallNumbers(arch)].map(([name, number]) => [number, name]));
  const verdicts = policy && new Verdicts(policy, arch);
  const own = calls.filter((call) => call.arch === ARCHES[arch].audit);
  const entries = own.map((call): Entry => {
    const name = names.get(call.number) ?? `call ${call.number}`;
    const refused = verdicts === null ? null : refusal(verdicts.of(call.number, call.args));
    return { name, args: shownArgs(name, call), count: call.count, refused };
  });
  return { calls: merged(entries), uncounted: beyond };
}
