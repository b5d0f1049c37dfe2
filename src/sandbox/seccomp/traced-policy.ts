/** The least that a program needs, by what one traced run of it did. */
import { constants } from 'node:os';
import type { SystemCalls } from '../../spec/index.js';
import { bits, int, NAMESPACE_FLAGS } from './default-policy.js';
import type { Policy, Rule } from './policy.js';

const ALLOW = 'SCMP_ACT_ALLOW';

type Entry = SystemCalls['calls'][number];

/** A run shows these only where a signal comes at the right moment, or as the last it does. */
const ALWAYS = ['execve', 'exit_group', 'restart_syscall', 'rt_sigreturn'];

/** Calls of which most of what they can do is not needed by most who call them. */
const NARROWED: Readonly<Record<string, (entry: Entry) => Rule>> = {
  clone: ({ args: [flags = 0] }) => ({
    action: ALLOW,
    names: ['clone'],
    args: [bits(0, NAMESPACE_FLAGS, (flags & NAMESPACE_FLAGS) >>> 0)],
  }),
  personality: ({ args: [persona = 0] }) => ({
    action: ALLOW,
    names: ['personality'],
    args: [int(0, persona)],
  }),
  socket: ({ args: [domain = 0] }) => ({ action: ALLOW, names: ['socket'], args: [int(0, domain)] }),
};

const CLONE3: Rule = {
  comment: 'Its flags are in memory, where a filter cannot look. ENOSYS makes every libc use clone.',
  action: 'SCMP_ACT_ERRNO',
  errnoRet: constants.errno.ENOSYS,
  names: ['clone3'],
};

function plainRules(plain: readonly Entry[], policy: string): Rule[] {
  const refused = new Set(plain.filter((entry) => entry.refused !== null).map(({ name }) => name));
  const usual = new Set([...ALWAYS, ...plain.map(({ name }) => name)].filter((name) => !refused.has(name)));
  const comment = `The policy ${policy} refuses these, or some uses of them.`;
  return [
    { action: ALLOW, names: [...usual].sort() },
    ...(refused.size === 0 ? [] : [{ comment, action: ALLOW, names: [...refused].sort() } as const]),
  ];
}

/** @param held what the calls were held against, for a comment */
export function tracedPolicy({ calls }: SystemCalls, held: string): Policy {
  const named = calls.filter(({ name }) => /^\w+$/.test(name) && name !== 'clone3');
  const narrowed = named.flatMap((entry) => NARROWED[entry.name]?.(entry) ?? []);
  const distinct = new Map(narrowed.map((rule) => [JSON.stringify(rule), rule]));
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: constants.errno.ENOSYS,
    archMap: [{ architecture: 'SCMP_ARCH_X86_64' }, { architecture: 'SCMP_ARCH_AARCH64' }],
    syscalls: [
      ...plainRules(
        named.filter(({ name }) => !Object.hasOwn(NARROWED, name)),
        held,
      ),
      ...distinct.values(),
      CLONE3,
    ],
  };
}
