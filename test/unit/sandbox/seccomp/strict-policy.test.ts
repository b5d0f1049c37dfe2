/** What the strict policy means, in the words of a grader. */
import { describe, expect, test } from 'vitest';
import { seccompProgram } from '../../../../src/sandbox/seccomp/index.js';
import { STRICT_POLICY } from '../../../../src/sandbox/seccomp/strict-policy.js';
import { syscallNumbers } from '../../../../src/sandbox/seccomp/syscall-numbers.js';
import { AUDIT_ARCH, NO_ARGS } from './support/call.js';
import { KILL } from './support/evaluate.js';
import { interpreter } from './support/interpret.js';

const ALLOW = 0x7fff_0000;
const ENOSYS = 0x0005_0026;
const EAFNOSUPPORT = 0x0005_0061;
const JUNK = 0xdead_beef_0000_0000n;

const run = interpreter(seccompProgram('strict', 'x86_64') ?? new Uint8Array());
const numbers = syscallNumbers('x86_64');

function ask(name: string, ...args: number[]): number {
  const nr = numbers.get(name) ?? Number.NaN;
  const [clean, junk] = [0n, JUNK].map((upper) => {
    const words = [...args.map((arg) => BigInt(arg) | upper), ...NO_ARGS].slice(0, 6);
    return run({ arch: AUDIT_ARCH.x86_64, nr, args: words }).result;
  });
  expect(junk).toBe(clean);
  return clean ?? Number.NaN;
}

const words = (text: string): string[] => text.trim().split(/\s+/);

test.each(
  words(`read write openat mmap munmap brk exit_group execve futex clock_gettime getrandom rt_sigaction tgkill
    epoll_wait eventfd2 pipe2 unlink mkdir statx sched_getaffinity prctl madvise mprotect memfd_create`),
)('%s is allowed', (name) => {
  expect(ask(name)).toBe(ALLOW);
});

test.each(
  words(`fork vfork connect bind listen accept accept4 ptrace process_vm_readv mount umount2 unshare setns chroot
    pivot_root bpf keyctl add_key perf_event_open userfaultfd kexec_load init_module open_by_handle_at`),
)('%s ends the program', (name) => {
  expect(ask(name)).toBe(KILL);
});

test.each(
  words(
    'setuid setgid setgroups shmget msgget semget mq_open io_uring_setup io_setup landlock_create_ruleset seccomp clone3',
  ),
)('%s is not there', (name) => {
  expect(ask(name)).toBe(ENOSYS);
});

describe('clone', () => {
  const THREAD = 0x3d_0f00;

  test('makes threads, and nothing else', () => {
    expect(ask('clone', THREAD)).toBe(ALLOW);
    for (const flags of [17, 0, 0x4111, 0x0100_0011]) expect(ask('clone', flags)).toBe(KILL);
  });

  test.each([0x2_0000, 0x400_0000, 0x800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000])(
    'makes no thread in a namespace of its own: %i',
    (flag) => {
      expect(ask('clone', THREAD | flag)).toBe(KILL);
    },
  );
});

test('sockets lead nowhere but to the program itself', () => {
  expect(ask('socketpair', 1, 1)).toBe(ALLOW);
  expect(ask('socketpair', 2, 1)).toBe(KILL);
  // glibc looks for its cache of users, Java for the protocols that there are; both do without.
  for (const domain of [1, 2, 10, 16]) expect(ask('socket', domain, 1)).toBe(EAFNOSUPPORT);
  for (const domain of [0, 17, 38, 40]) expect(ask('socket', domain, 1)).toBe(KILL);
});

test('both architectures give one answer for a call of the same name', () => {
  const arm = interpreter(seccompProgram('strict', 'aarch64') ?? new Uint8Array());
  const different = [...syscallNumbers('aarch64')].filter(
    ([name, nr]) =>
      numbers.has(name) && arm({ arch: AUDIT_ARCH.aarch64, nr, args: NO_ARGS }).result !== ask(name),
  );
  expect(different).toEqual([]);
});

test('it allows nothing that the default policy refuses', () => {
  const usual = interpreter(seccompProgram('default', 'x86_64') ?? new Uint8Array());
  const more = [...numbers].filter(([name, nr]) => {
    const isRefused = usual({ arch: AUDIT_ARCH.x86_64, nr, args: NO_ARGS }).result !== ALLOW;
    return isRefused && ask(name) === ALLOW;
  });
  expect(more).toEqual([]);
});

test('every name in it is a call of some architecture', () => {
  const known = new Set([...numbers.keys(), ...syscallNumbers('aarch64').keys()]);
  expect(STRICT_POLICY.syscalls.flatMap(({ names }) => names).filter((name) => !known.has(name))).toEqual([]);
});
