import type { Arch } from './policy.js';
import { SYSCALL_RUNS } from './syscalls.generated.js';

/** Every known system call of an architecture: name to number. */
export function syscallNumbers(arch: Arch): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const [first, text] of Object.entries(SYSCALL_RUNS[arch])) {
    let number = Number(first);
    for (const name of text.trim().split(/\s+/)) numbers.set(name, number++);
  }
  return numbers;
}
