/**
 * The policy of the program of ours that writes the layers of images: files and memory, and nothing that makes processes
 * or speaks to anybody. It alone may make the devices that mark deleted files, which are none.
 */
import { FILES, MEMORY, SIGNALS_AND_TIME, words } from './allowed-calls.js';
import type { ArgTest, Policy, Rule } from './policy.js';

const ALLOW = 'SCMP_ACT_ALLOW';
const ENOSYS = 38;

const S_IFMT = 0o170000;
const S_IFIFO = 0o010000;
const S_IFCHR = 0o020000;

/** Of 32 bits each, as the kernel takes them. */
const kind = (index: number, wanted: number): ArgTest => ({
  index,
  op: 'SCMP_CMP_MASKED_EQ',
  value: S_IFMT,
  valueTwo: wanted,
});
const zero = (index: number): ArgTest => ({
  index,
  op: 'SCMP_CMP_MASKED_EQ',
  value: 0xffff_ffff,
  valueTwo: 0,
});

const NODES: Rule[] = [
  { name: 'mknod', mode: 1, device: 2 },
  { name: 'mknodat', mode: 2, device: 3 },
].flatMap(({ name, mode, device }): Rule[] => [
  { action: ALLOW, names: [name], args: [kind(mode, S_IFIFO)] },
  {
    comment: 'A whiteout: device 0/0, which needs no capability.',
    action: ALLOW,
    names: [name],
    args: [kind(mode, S_IFCHR), zero(device)],
  },
  { action: 'SCMP_ACT_ERRNO', names: [name] },
]);

/** What starting and ending a program takes, whichever libc is in it. */
const OWN: Rule = {
  action: ALLOW,
  names: words(`
    arch_prctl execve exit exit_group fcntl futex getegid geteuid getgid getpid getppid getrandom getrlimit gettid getuid
    ioctl personality poll ppoll prctl prlimit64 rseq sched_getaffinity sched_yield set_robust_list set_tid_address
    sysinfo uname
  `),
};

export const UNPACKER_POLICY: Policy = {
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrnoRet: ENOSYS,
  archMap: [{ architecture: 'SCMP_ARCH_X86_64' }, { architecture: 'SCMP_ARCH_AARCH64' }],
  syscalls: [...NODES, FILES, MEMORY, SIGNALS_AND_TIME, OWN],
};
