/** What the policies of root of an image, and of the program that writes layers, allow beyond the default one, or less. */
import { describe, expect, test } from 'vitest';
import { seccompProgram, unpackerProgram } from '../../../../src/sandbox/seccomp/index.js';
import { syscallNumbers } from '../../../../src/sandbox/seccomp/syscall-numbers.js';
import { AUDIT_ARCH, NO_ARGS } from './support/call.js';
import { interpreter } from './support/interpret.js';

const ALLOW = 0x7fff_0000;
const EPERM = 0x0005_0001;
const ENOSYS = 0x0005_0026;
const INIT_ID = 65_535;
const JUNK = 0xdead_beef_0000_0000n;

const numbers = syscallNumbers('x86_64');

/** The answer, asked with and without junk in the upper halves: it must not matter. */
function asker(program: Uint8Array | null) {
  const run = interpreter(program ?? new Uint8Array());
  const answer = (name: string, words: readonly bigint[]): number => {
    const nr = numbers.get(name) ?? Number.NaN;
    return run({ arch: AUDIT_ARCH.x86_64, nr, args: [...words, ...NO_ARGS].slice(0, 6) }).result;
  };
  return (name: string, ...args: number[]): number => {
    const words = args.map((arg) => BigInt.asUintN(32, BigInt(arg)));
    const clean = answer(name, words);
    expect(
      answer(
        name,
        words.map((word) => word | JUNK),
      ),
    ).toBe(clean);
    return clean;
  };
}

const usual = asker(seccompProgram('default', 'x86_64'));
const root = asker(seccompProgram('default', 'x86_64', ['SETUID']));
const chroot = asker(seccompProgram('default', 'x86_64', ['CHOWN', 'SYS_CHROOT']));
const unpacker = asker(unpackerProgram('x86_64'));

describe('root of an image', () => {
  test('may chroot only when it keeps the capability for it', () => {
    expect([usual('chroot'), root('chroot'), chroot('chroot')]).toEqual([EPERM, EPERM, ALLOW]);
  });

  test.each([
    ['setuid', 1],
    ['setfsuid', 1],
    ['setreuid', 2],
    ['setresuid', 3],
  ])('may become anybody by %s, but init', (name, count) => {
    for (const ask of [root, chroot]) {
      for (const id of [0, 33, 65_534, -1]) expect(ask(name, ...Array(count).fill(id))).toBe(ALLOW);
      for (let index = 0; index < count; index++) {
        const args = Array.from({ length: count }, (_, at) => (at === index ? INIT_ID : 0));
        expect(ask(name, ...args)).toBe(EPERM);
      }
    }
  });

  test('is else where every program is', () => {
    for (const name of numbers.keys()) {
      if (name !== 'chroot') expect([name, chroot(name)]).toEqual([name, usual(name)]);
    }
  });
});

describe('the program that writes layers', () => {
  const [FIFO, SOCKET, FILE, CHARACTER, BLOCK] = [0o010644, 0o140644, 0o100644, 0o020000, 0o060000];

  test('makes pipes, and of devices only the one that marks a deleted file', () => {
    expect(unpacker('mknodat', 3, 0, FIFO, 0)).toBe(ALLOW);
    expect(unpacker('mknodat', 3, 0, CHARACTER, 0)).toBe(ALLOW);
    expect(unpacker('mknod', 0, CHARACTER, 0)).toBe(ALLOW);
    for (const mode of [SOCKET, FILE, BLOCK]) expect(unpacker('mknodat', 3, 0, mode, 0)).toBe(EPERM);
    for (const device of [1, 0x103, 0x10000]) {
      expect(unpacker('mknodat', 3, 0, CHARACTER, device)).toBe(EPERM);
      expect(unpacker('mknod', 0, CHARACTER, device)).toBe(EPERM);
    }
  });

  test.each([
    ...[
      'read',
      'write',
      'openat',
      'openat2',
      'mkdirat',
      'unlinkat',
      'renameat2',
      'linkat',
      'symlinkat',
      'fchownat',
    ],
    ...[
      'fchmod',
      'utimensat',
      'fsetxattr',
      'lsetxattr',
      'syncfs',
      'ftruncate',
      'getdents64',
      'execve',
      'exit_group',
    ],
  ])('has %s', (name) => {
    expect(unpacker(name)).toBe(ALLOW);
  });

  test.each([
    ...[
      'socket',
      'connect',
      'sendmsg',
      'clone',
      'clone3',
      'fork',
      'vfork',
      'unshare',
      'setns',
      'mount',
      'chroot',
    ],
    ...[
      'pivot_root',
      'move_mount',
      'ptrace',
      'bpf',
      'keyctl',
      'io_uring_setup',
      'setuid',
      'setresuid',
      'setgroups',
    ],
    ...['open_by_handle_at', 'process_vm_readv', 'pidfd_open', 'shmget', 'mq_open', 'seccomp'],
  ])('has no %s', (name) => {
    expect(unpacker(name)).toBe(ENOSYS);
  });
});
