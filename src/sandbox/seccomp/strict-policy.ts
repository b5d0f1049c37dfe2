/**
 * The policy of `seccomp: strict`: for one program that computes, reads and writes files, as a grader runs it. It may have
 * threads, but no other process, and no socket that leads anywhere. What no such program does by accident ends it, so that
 * the outcome says `syscall-denied`; what run times try and do without, sockets included, gives an error.
 *
 * Known to run under it: C, C++, Python (asyncio too), Java, Go, Rust, Node, and shells as long as they start nothing.
 * A program may still become another one (execve): it was started that way itself, and gains nothing by it.
 */
import { FILES, MEMORY, SIGNALS_AND_TIME, SYSTEM, WAITING, words } from './allowed-calls.js';
import {
  bits,
  FILE_CONTROL,
  int,
  LIMITS,
  NAMESPACE_FLAGS,
  PERSONALITIES,
  PRIORITY_OF_INIT,
  TERMINALS,
} from './default-policy.js';
import type { Policy, Rule } from './policy.js';

const ALLOW = 'SCMP_ACT_ALLOW';
const ERRNO = 'SCMP_ACT_ERRNO' as const;
const KILL = 'SCMP_ACT_KILL_PROCESS';
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const CLONE_THREAD = 0x1_0000;

const KERNEL_AIO = words('io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit');

const OWN: Rule = {
  action: ALLOW,
  names: words(`
    arch_prctl capget execve execveat exit exit_group futex futex_requeue futex_wait futex_waitv futex_wake
    get_robust_list getcpu getegid geteuid getgid getgroups getpgid getpgrp getpid getppid getpriority getresgid
    getresuid getrlimit getrusage getsid gettid getuid ioprio_get prctl rseq sched_get_priority_max
    sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval
    sched_setaffinity sched_yield set_robust_list set_tid_address setpriority wait4 waitid
  `),
};

const THREADS: Rule[] = [
  { action: ALLOW, names: ['clone'], args: [bits(0, NAMESPACE_FLAGS | CLONE_THREAD, CLONE_THREAD)] },
  {
    comment: 'Its flags are in memory, where a filter cannot look. ENOSYS makes every libc use clone.',
    action: ERRNO,
    errnoRet: ENOSYS,
    names: ['clone3'],
  },
  { comment: 'New processes.', action: KILL, names: words('clone fork vfork') },
];

const SOCKETS: readonly Rule[] = [
  {
    comment: 'With itself only: event loops wake themselves up by one.',
    action: ALLOW,
    names: ['socketpair'],
    args: [int(0, AF_UNIX)],
  },
  {
    action: ALLOW,
    names: words('getpeername getsockname getsockopt recvfrom recvmsg sendmsg sendto setsockopt shutdown'),
  },
  ...[AF_UNIX, AF_INET, AF_INET6, AF_NETLINK].map((domain) => ({
    comment:
      'As if there were no network: glibc looks for a cache of user names this way, Java for the protocols that there are, and both do without.',
    action: ERRNO,
    errnoRet: EAFNOSUPPORT,
    names: ['socket'],
    args: [int(0, domain)],
  })),
  {
    comment: 'Without a socket nobody gets here by accident; other families nobody asks for either.',
    action: KILL,
    names: words('accept accept4 bind connect listen socket socketpair'),
  },
];

const NEVER: Rule = {
  comment: 'Attacks on other processes, the kernel or the sandbox; nothing that computes needs them.',
  action: KILL,
  names: words(`
    acct add_key adjtimex bpf chroot clock_adjtime clock_settime delete_module finit_module fsconfig fsmount fsopen
    fspick init_module ioperm iopl kcmp kexec_file_load kexec_load keyctl mount mount_setattr move_mount open_by_handle_at
    open_tree open_tree_attr perf_event_open pidfd_getfd pivot_root process_madvise process_vm_readv process_vm_writev
    ptrace quotactl quotactl_fd reboot request_key sethostname setdomainname setns settimeofday swapoff swapon umount2
    unshare userfaultfd vhangup
  `),
};

export const STRICT_POLICY: Policy = {
  defaultAction: ERRNO,
  defaultErrnoRet: ENOSYS,
  archMap: [{ architecture: 'SCMP_ARCH_X86_64' }, { architecture: 'SCMP_ARCH_AARCH64' }],
  syscalls: [
    ...PRIORITY_OF_INIT,
    FILES,
    { ...WAITING, names: WAITING.names.filter((name) => !KERNEL_AIO.includes(name)) },
    MEMORY,
    SIGNALS_AND_TIME,
    SYSTEM,
    OWN,
    ...THREADS,
    ...SOCKETS,
    ...TERMINALS,
    ...FILE_CONTROL,
    ...LIMITS,
    ...PERSONALITIES,
    NEVER,
  ],
};
