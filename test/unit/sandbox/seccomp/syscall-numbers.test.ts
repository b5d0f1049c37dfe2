import { describe, expect, test } from 'vitest';
import { syscallNumbers } from '../../../../src/sandbox/seccomp/syscall-numbers.js';

describe('call numbers', () => {
  test.each([
    ['x86_64', 'read', 0],
    ['x86_64', 'pkey_free', 331],
    ['x86_64', 'uprobe', 336],
    ['x86_64', 'pidfd_send_signal', 424],
    ['x86_64', 'file_setattr', 469],
    ['aarch64', 'io_setup', 0],
    ['aarch64', 'mmap', 222],
    ['aarch64', 'recvmmsg', 243],
    ['aarch64', 'wait4', 260],
    ['aarch64', 'kexec_file_load', 294],
    ['aarch64', 'clone3', 435],
    ['aarch64', 'file_setattr', 469],
  ] as const)('on %s, %s is %i', (arch, name, number) => {
    expect(syscallNumbers(arch).get(name)).toBe(number);
  });

  test.each(['open', 'fork', 'uprobe'])('aarch64 has no %s', (name) => {
    expect(syscallNumbers('aarch64').has(name)).toBe(false);
  });

  test('a number has one name', () => {
    for (const arch of ['x86_64', 'aarch64'] as const) {
      const numbers = [...syscallNumbers(arch).values()];
      expect(new Set(numbers).size).toBe(numbers.length);
    }
  });
});
