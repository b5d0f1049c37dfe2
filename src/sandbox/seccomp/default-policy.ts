/**
 * The policy of `seccomp: default`. It lists what ordinary programs use and answers ENOSYS to the rest, as an older
 * kernel would: libraries are written to fall back from that. What is known and refused on purpose gives EPERM.
 *
 * It is a second wall. The first is that a program has no capability and namespaces of its own; most calls refused here
 * would fail anyway, but only after code of the kernel has run that had holes before.
 *
 * Calls of other architectures (32-bit programs, int 0x80, x32) kill the process, and so the run ends as
 * `syscall-denied`: their numbers mean other calls, so no rule here speaks of them, and a program that got ENOSYS for
 * each of its calls, exit included, would end in stranger ways.
 */
import { ALLOWED, words } from './allowed-calls.js';
import type { ArgTest, Policy, Rule } from './policy.js';

const ALLOW = 'SCMP_ACT_ALLOW';
const ERRNO = 'SCMP_ACT_ERRNO';
const ENOENT = 2;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

export function bits(index: number, mask: number, wanted: number): ArgTest {
  return { index, op: 'SCMP_CMP_MASKED_EQ', value: mask, valueTwo: wanted };
}

/** The kernel takes the argument as an int and so ignores the upper half, which a program may fill as it likes. */
export function int(index: number, wanted: number): ArgTest {
  return bits(index, 0xffff_ffff, wanted);
}

export const NAMESPACE_FLAGS = 0x7e02_0000;

const CLONE: Rule[] = [
  {
    comment:
      'Without a CLONE_NEW flag; CLONE_NEWTIME cannot be asked for here, its bit belongs to the exit signal.',
    action: ALLOW,
    names: ['clone'],
    args: [bits(0, NAMESPACE_FLAGS, 0)],
  },
  { action: ERRNO, names: ['clone', 'setns', 'unshare'] },
  {
    comment: 'Its flags are in memory, where a filter cannot look. ENOSYS makes every libc use clone.',
    action: ERRNO,
    errnoRet: ENOSYS,
    names: ['clone3'],
  },
];

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const NETLINK_ROUTE = 0;
const IPPROTO_TCP = 6;
const IPPROTO_UDP = 17;
const IPPROTO_ICMP = 1;
const IPPROTO_ICMPV6 = 58;

/** SOCK_STREAM, SOCK_DGRAM and SOCK_RAW (the kernel wants CAP_NET_RAW for that) are 1 to 3; the others have bits here. */
const RARE_SOCKET_TYPES = 0xc;

/** Rare protocols (SCTP, DCCP, L2TP, SMC) are modules that anybody's socket() loads. */
function internet(domain: number, protocols: readonly number[]): Rule[] {
  return protocols.map((protocol) => ({
    action: ALLOW,
    names: ['socket'],
    args: [int(0, domain), bits(1, RARE_SOCKET_TYPES, 0), int(2, protocol)],
  }));
}

const SOL_TCP = 6;
const TCP_ULP = 31;

const SOCKETS: Rule[] = [
  { action: ALLOW, names: ['socket', 'socketpair'], args: [int(0, AF_UNIX)] },
  ...internet(AF_INET, [0, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP]),
  ...internet(AF_INET6, [0, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMPV6]),
  {
    comment: 'getaddrinfo and getifaddrs ask for the addresses of this host.',
    action: ALLOW,
    names: ['socket'],
    args: [int(0, AF_NETLINK), int(2, NETLINK_ROUTE)],
  },
  { action: ERRNO, errnoRet: EAFNOSUPPORT, names: ['socket', 'socketpair'] },
  {
    comment: 'Would load a module by name, such as TLS in the kernel. As if there were none.',
    action: ERRNO,
    errnoRet: ENOENT,
    names: ['setsockopt'],
    args: [int(1, SOL_TCP), int(2, TCP_ULP)],
  },
  { action: ALLOW, names: ['setsockopt'] },
];

const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;
const TIOCSETD = 0x5423;

export const NO_TERMINAL_TRICKS: readonly Rule[] = [
  {
    comment: 'Typing into the terminal of the caller (CVE-2017-5226, CVE-2023-28100).',
    action: ERRNO,
    names: ['ioctl'],
    args: [int(1, TIOCSTI)],
  },
  { action: ERRNO, names: ['ioctl'], args: [int(1, TIOCLINUX)] },
  {
    comment: 'Line disciplines are modules that anybody may load (CVE-2017-2636).',
    action: ERRNO,
    names: ['ioctl'],
    args: [int(1, TIOCSETD)],
  },
];

export const TERMINALS: readonly Rule[] = [...NO_TERMINAL_TRICKS, { action: ALLOW, names: ['ioctl'] }];

const F_SETLEASE = 1024;

export const NO_LEASES: readonly Rule[] = [
  {
    comment:
      'Whoever opens a file that is leased waits until the lease is given back, up to 45 s: also on the host, for a file that is mounted read-only.',
    action: ERRNO,
    names: ['fcntl'],
    args: [int(1, F_SETLEASE)],
  },
];

export const FILE_CONTROL: readonly Rule[] = [...NO_LEASES, { action: ALLOW, names: ['fcntl'] }];

const RLIMIT_CORE = 4;

export const NO_CORE: readonly Rule[] = [
  {
    comment:
      'Stays 1, the one value with which a pipe in core_pattern starts no helper on the host; core(5). No core is ever written, so the many programs that want 0 are told that it worked.',
    action: ERRNO,
    errnoRet: 0,
    names: ['prlimit64'],
    args: [int(1, RLIMIT_CORE), { index: 2, op: 'SCMP_CMP_NE', value: 0 }],
  },
  { action: ERRNO, errnoRet: 0, names: ['setrlimit'], args: [int(0, RLIMIT_CORE)] },
];

const PRIO_USER = 2;
const IOPRIO_WHO_USER = 3;

/** Init is process 1 in its sandbox; where the caller has no ids but its own, it has the same as the program. */
const LIMITS_OF_INIT: Rule = { action: ERRNO, names: ['prlimit64'], args: [int(0, 1)] };

export const PRIORITY_OF_INIT: readonly Rule[] = [
  {
    comment: 'CPUs and priority of init, which a program may have the id of.',
    action: ERRNO,
    names: words('sched_setaffinity sched_setattr sched_setparam sched_setscheduler'),
    args: [int(0, 1)],
  },
  { action: ERRNO, names: words('ioprio_set setpriority'), args: [int(1, 1)] },
  { action: ERRNO, names: ['setpriority'], args: [int(0, PRIO_USER)] },
  { action: ERRNO, names: ['ioprio_set'], args: [int(0, IOPRIO_WHO_USER)] },
];

export const INIT_ALONE: readonly Rule[] = [LIMITS_OF_INIT, ...PRIORITY_OF_INIT];

export const LIMITS: readonly Rule[] = [
  ...NO_CORE,
  LIMITS_OF_INIT,
  { action: ALLOW, names: ['prlimit64', 'setrlimit'] },
];

/** PER_LINUX, PER_LINUX32, both with UNAME26, and the question what it is. */
export const PERSONALITIES: readonly Rule[] = [
  ...[0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff].map(
    (value): Rule => ({ action: ALLOW, names: ['personality'], args: [int(0, value)] }),
  ),
  { action: ERRNO, names: ['personality'] },
];

const S_IFMT = 0o170000;
const S_IFCHR = 0o020000;
const S_IFBLK = 0o060000;

const DEVICES: Rule[] = [
  { name: 'mknod', mode: 1 },
  { name: 'mknodat', mode: 2 },
].flatMap(({ name, mode }): Rule[] => [
  { action: ERRNO, names: [name], args: [bits(mode, S_IFMT, S_IFBLK)] },
  {
    comment: '0/0, which marks a deleted file in an overlay, needs no capability.',
    action: ERRNO,
    names: [name],
    args: [bits(mode, S_IFMT, S_IFCHR)],
  },
  { action: ALLOW, names: [name] },
]);

const REFUSED: Rule[] = [
  {
    comment: 'Mounts and roots.',
    action: ERRNO,
    names: words(`
      chroot fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree open_tree_attr pivot_root umount2
    `),
  },
  {
    comment:
      'Other processes: their memory, files, identity. Costs debuggers and the leak check of AddressSanitizer (set ASAN_OPTIONS=detect_leaks=0).',
    action: ERRNO,
    names: words('kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace'),
  },
  {
    comment: 'Much kernel behind one call, or files by something else than a path.',
    action: ERRNO,
    names: words(`
      add_key bpf fanotify_init fanotify_mark io_uring_enter io_uring_register io_uring_setup keyctl lookup_dcookie
      name_to_handle_at open_by_handle_at perf_event_open request_key userfaultfd
    `),
  },
  {
    comment: 'The machine itself.',
    action: ERRNO,
    names: words(`
      acct adjtimex clock_adjtime clock_settime create_module delete_module finit_module init_module ioperm iopl
      kexec_file_load kexec_load nfsservctl query_module quotactl quotactl_fd reboot setdomainname sethostname
      settimeofday swapoff swapon syslog vhangup
    `),
  },
];

const ABSENT: Rule[] = [
  {
    comment: 'As without NUMA: libnuma then does without, while EPERM makes it complain.',
    action: ERRNO,
    errnoRet: ENOSYS,
    names: words('get_mempolicy mbind migrate_pages move_pages set_mempolicy set_mempolicy_home_node'),
  },
  {
    comment: 'libmount reads /proc/self/mountinfo instead, but only after ENOSYS.',
    action: ERRNO,
    errnoRet: ENOSYS,
    names: words('listmount statmount'),
  },
  {
    comment: 'As without CONFIG_MODIFY_LDT_SYSCALL and CONFIG_SECRETMEM.',
    action: ERRNO,
    errnoRet: ENOSYS,
    names: words('memfd_secret modify_ldt'),
  },
];

export const DEFAULT_POLICY: Policy = {
  defaultAction: ERRNO,
  defaultErrnoRet: ENOSYS,
  archMap: [{ architecture: 'SCMP_ARCH_X86_64' }, { architecture: 'SCMP_ARCH_AARCH64' }],
  syscalls: [
    ...PRIORITY_OF_INIT,
    ...ALLOWED,
    ...CLONE,
    ...SOCKETS,
    ...TERMINALS,
    ...FILE_CONTROL,
    ...LIMITS,
    ...PERSONALITIES,
    ...DEVICES,
    ...REFUSED,
    ...ABSENT,
  ],
};

/** The id that init takes, the last one of a slot; plan.c lets no program begin with it. */
const INIT_ID = 65_535;

/** With the same id it could slow init, and pin it to a busy CPU. Here the ids are 32 bits wide, so the upper half is junk. */
export const NOT_AS_INIT: readonly Rule[] = [
  { names: ['setuid', 'setfsuid'], count: 1 },
  { names: ['setreuid'], count: 2 },
  { names: ['setresuid'], count: 3 },
].flatMap(({ names, count }) =>
  Array.from({ length: count }, (_, index) => ({ action: ERRNO, names, args: [int(index, INIT_ID)] })),
);

const CHROOT: Rule = {
  comment:
    'For who has CAP_SYS_CHROOT; what lies outside of the root that we gave it is not mounted anywhere.',
  action: ALLOW,
  names: ['chroot'],
};

/** For root of an image, which keeps capabilities over its own namespaces and may become any user of them but init's. */
export const ROOT_POLICY: Policy = {
  ...DEFAULT_POLICY,
  syscalls: [...NOT_AS_INIT, ...DEFAULT_POLICY.syscalls],
};

export const CHROOT_POLICY: Policy = { ...ROOT_POLICY, syscalls: [CHROOT, ...ROOT_POLICY.syscalls] };
