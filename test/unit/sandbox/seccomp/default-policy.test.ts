/** What the default policy means, in the words of who relies on it (attacks B1 to B4, B8 to B13, B18). */
import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY, seccompProgram } from '../../../../src/sandbox/seccomp/index.js';
import { syscallNumbers } from '../../../../src/sandbox/seccomp/syscall-numbers.js';
import { AUDIT_ARCH, NO_ARGS } from './support/call.js';
import { KILL } from './support/evaluate.js';
import { interpreter } from './support/interpret.js';

const ALLOW = 0x7fff_0000;
const ERRNO = 0x0005_0000;
const EPERM = ERRNO + 1;
const ENOENT = ERRNO + 2;
const ENOSYS = ERRNO + 38;
const EAFNOSUPPORT = ERRNO + 97;

/** What the upper half of an int argument may hold. */
const JUNK = 0xdead_beef_0000_0000n;

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

function program(arch: 'x86_64' | 'aarch64'): Uint8Array {
  const bytes = seccompProgram('default', arch);
  if (bytes === null) throw new Error('there is no default program');
  return bytes;
}

const run = interpreter(program('x86_64'));
const numbers = syscallNumbers('x86_64');

function ask(name: string, ...args: bigint[]): number {
  const nr = numbers.get(name) ?? Number.NaN;
  return run({ arch: AUDIT_ARCH.x86_64, nr, args: [...args, ...NO_ARGS].slice(0, 6) }).result;
}

/** The answer, asked with and without junk in the upper halves: it must not matter. */
function askInt(name: string, ...args: number[]): number {
  const words = args.map((arg) => BigInt.asUintN(32, BigInt(arg)));
  const clean = ask(name, ...words);
  expect(ask(name, ...words.map((word) => word | JUNK))).toBe(clean);
  return clean;
}

test.each(
  words(`
    mount umount2 pivot_root chroot fsopen fsmount fsconfig fspick open_tree open_tree_attr move_mount mount_setattr
    unshare setns keyctl add_key request_key bpf perf_event_open userfaultfd io_uring_setup io_uring_enter
    io_uring_register ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp process_madvise open_by_handle_at
    name_to_handle_at kexec_load kexec_file_load init_module finit_module delete_module create_module query_module
    iopl ioperm swapon swapoff quotactl quotactl_fd acct reboot settimeofday clock_settime clock_adjtime adjtimex
    sethostname setdomainname syslog fanotify_init fanotify_mark lookup_dcookie nfsservctl vhangup
  `),
)('%s is refused with EPERM', (name) => {
  expect(ask(name)).toBe(EPERM);
});

test.each(
  words(`clone3 statmount listmount get_mempolicy set_mempolicy mbind move_pages memfd_secret modify_ldt uselib _sysctl
    process_mrelease lsm_get_self_attr file_setattr vserver tuxcall`),
)('%s looks as if the kernel had no such call', (name) => {
  expect(ask(name)).toBe(ENOSYS);
});

test('so do calls that did not exist when the policy was written, and call -1', () => {
  for (const nr of [400, 470, 511, 512, 547, 1000, 0x3fff_ffff, 0xffff_ffff]) {
    expect(run({ arch: AUDIT_ARCH.x86_64, nr, args: NO_ARGS }).result, `call ${nr}`).toBe(ENOSYS);
  }
});

test('x32 and other architectures end the process', () => {
  const write = { nr: 1, args: NO_ARGS };
  expect(run({ ...write, arch: AUDIT_ARCH.i386 }).result).toBe(KILL);
  expect(run({ ...write, arch: AUDIT_ARCH.x86_64, nr: 0x4000_0001 }).result).toBe(KILL);
  const arm = interpreter(program('aarch64'));
  expect(arm({ ...write, arch: AUDIT_ARCH.arm }).result).toBe(KILL);
  expect(arm({ ...write, arch: AUDIT_ARCH.x86_64 }).result).toBe(KILL);
});

describe('clone', () => {
  const SIGCHLD = 17n;
  const THREAD = 0x3d_0f00n;

  test('makes processes and threads', () => {
    expect(ask('clone', SIGCHLD)).toBe(ALLOW);
    expect(ask('clone', THREAD)).toBe(ALLOW);
    expect(ask('fork')).toBe(ALLOW);
    expect(ask('vfork')).toBe(ALLOW);
  });

  test.each([0x2_0000n, 0x200_0000n, 0x400_0000n, 0x800_0000n, 0x1000_0000n, 0x2000_0000n, 0x4000_0000n])(
    'makes no namespace: flag %s',
    (flag) => {
      expect(ask('clone', flag)).toBe(EPERM);
      expect(ask('clone', flag | SIGCHLD | JUNK)).toBe(EPERM);
      expect(ask('clone', flag | THREAD)).toBe(EPERM);
    },
  );
});

describe('socket', () => {
  const [STREAM, DGRAM, RAW, RDM, SEQPACKET, DCCP, PACKET] = [1, 2, 3, 4, 5, 6, 10];
  const FLAGS = 0x8_0800;

  test.each([
    ['unix', 1, STREAM, 0],
    ['unix seqpacket', 1, SEQPACKET, 0],
    ['tcp', 2, STREAM, 0],
    ['tcp by name', 2, STREAM | FLAGS, 6],
    ['udp', 2, DGRAM | FLAGS, 17],
    ['ping', 2, DGRAM, 1],
    ['tcp over IPv6', 10, STREAM | FLAGS, 6],
    ['udp over IPv6', 10, DGRAM, 0],
    ['ping over IPv6', 10, DGRAM, 58],
    ['raw, for which the kernel wants a capability', 2, RAW, 6],
    ['route netlink', 16, RAW | FLAGS, 0],
  ])('%s is allowed', (_, ...args) => {
    expect(askInt('socket', ...args)).toBe(ALLOW);
  });

  test.each([
    ['sctp', 2, STREAM, 132],
    ['sctp by type', 10, SEQPACKET, 0],
    ['dccp', 2, DCCP, 33],
    ['rdm', 2, RDM, 0],
    ['packet by old name', 2, PACKET, 0],
    ['l2tp', 2, DGRAM, 115],
    ['smc', 2, STREAM, 256],
    ['mptcp', 2, STREAM, 262],
    ['audit netlink', 16, RAW, 9],
    ['netfilter netlink', 16, RAW, 12],
    ['generic netlink', 16, DGRAM, 16],
    ['vsock', 40, STREAM, 0],
    ['alg', 38, SEQPACKET, 0],
    ['packet', 17, RAW, 3],
    ['key', 15, RAW, 2],
    ['rds', 21, SEQPACKET, 0],
    ['tipc', 30, STREAM, 0],
    ['nothing', 0, STREAM, 0],
    ['minus one', -1, STREAM, 0],
  ])('%s is not', (_, ...args) => {
    expect(askInt('socket', ...args)).toBe(EAFNOSUPPORT);
  });

  test('pairs are of unix sockets', () => {
    expect(askInt('socketpair', 1, STREAM, 0)).toBe(ALLOW);
    for (const domain of [0, 2, 10, 16, 30, 40]) expect(askInt('socketpair', domain)).toBe(EAFNOSUPPORT);
  });

  test('options are set, but no upper layer protocol', () => {
    expect(askInt('setsockopt', 3, 6, 1)).toBe(ALLOW);
    expect(askInt('setsockopt', 3, 1, 31)).toBe(ALLOW);
    expect(askInt('setsockopt', 3, 6, 31)).toBe(ENOENT);
  });
});

test('a terminal takes requests, but not TIOCSTI, TIOCLINUX, TIOCSETD', () => {
  const [TCGETS, TIOCGWINSZ, FIONREAD] = [0x5401, 0x5413, 0x541b];
  for (const request of [TCGETS, TIOCGWINSZ, FIONREAD]) expect(askInt('ioctl', 0, request)).toBe(ALLOW);
  for (const request of [0x5412, 0x541c, 0x5423]) expect(askInt('ioctl', 0, request)).toBe(EPERM);
});

test('personality is asked for, and set to what changes no protection', () => {
  for (const value of [0, 8, 0x2_0000, 0x2_0008, -1]) expect(askInt('personality', value)).toBe(ALLOW);
  const [READ_IMPLIES_EXEC, ADDR_NO_RANDOMIZE] = [0x40_0000, 0x4_0000];
  for (const value of [READ_IMPLIES_EXEC, ADDR_NO_RANDOMIZE, 1])
    expect(askInt('personality', value)).toBe(EPERM);
});

test('mknod makes pipes, sockets and files, not devices', () => {
  const [FIFO, SOCKET, FILE, CHARACTER, BLOCK] = [0o010644, 0o140644, 0o100644, 0o020666, 0o060666];
  for (const mode of [FIFO, SOCKET, FILE, 0o644]) {
    expect(askInt('mknod', 0, mode)).toBe(ALLOW);
    expect(askInt('mknodat', 0, 0, mode)).toBe(ALLOW);
  }
  for (const mode of [CHARACTER, BLOCK]) {
    expect(askInt('mknod', 0, mode)).toBe(EPERM);
    expect(askInt('mknodat', 0, 0, mode)).toBe(EPERM);
  }
});

test('both architectures give one answer for a call of the same name', () => {
  const arm = interpreter(program('aarch64'));
  const different = [...syscallNumbers('aarch64')].filter(([name, nr]) => {
    const result = arm({ arch: AUDIT_ARCH.aarch64, nr, args: NO_ARGS }).result;
    return result !== ask(name);
  });
  expect(different).toEqual([]);
});

test('every name in it is a call of some architecture, and is in one group', () => {
  const known = new Set([...numbers.keys(), ...syscallNumbers('aarch64').keys()]);
  const named = DEFAULT_POLICY.syscalls.flatMap(({ names }) => names);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
  const certain = DEFAULT_POLICY.syscalls
    .filter(({ args }) => args === undefined)
    .flatMap(({ names }) => names);
  expect(certain.filter((name, index) => certain.indexOf(name) !== index)).toEqual([]);
});

test('unconfined is no program', () => {
  expect(seccompProgram('unconfined', 'x86_64')).toBeNull();
});
