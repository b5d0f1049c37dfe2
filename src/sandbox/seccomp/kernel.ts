/** Numbers of the kernel's seccomp and classic BPF interface: linux/seccomp.h, linux/audit.h, linux/filter.h. */

/** What a filter returns for each action (SECCOMP_RET_*). */
export const ACTIONS = {
  SCMP_ACT_KILL_PROCESS: 0x8000_0000,
  SCMP_ACT_KILL_THREAD: 0x0000_0000,
  SCMP_ACT_KILL: 0x0000_0000,
  SCMP_ACT_TRAP: 0x0003_0000,
  SCMP_ACT_ERRNO: 0x0005_0000,
  SCMP_ACT_NOTIFY: 0x7fc0_0000,
  SCMP_ACT_TRACE: 0x7ff0_0000,
  SCMP_ACT_LOG: 0x7ffc_0000,
  SCMP_ACT_ALLOW: 0x7fff_0000,
} as const;

/** AUDIT_ARCH_*, with the name that docker profiles use for the same architecture. */
export const ARCHES = {
  x86_64: { audit: 0xc000_003e, docker: 'SCMP_ARCH_X86_64' },
  aarch64: { audit: 0xc000_00b7, docker: 'SCMP_ARCH_AARCH64' },
} as const;

/** An architecture that filters can be made for. */
export type Arch = keyof typeof ARCHES;

/** On x86-64 a number from here on asks for the x32 table (__X32_SYSCALL_BIT). */
export const X32_FIRST = 0x4000_0000;

/** What a tracer sets to skip a call, and what `syscall(-1)` asks for: not an x32 call. */
export const NO_CALL = 0xffff_ffff;

/** The most instructions a filter may have (BPF_MAXINSNS). */
export const MAX_INSTRUCTIONS = 4096;

/** Byte offsets into struct seccomp_data. Arguments are 64 bits wide, low word first on both architectures. */
export const DATA = {
  nr: 0,
  arch: 4,
  low: (index: number) => 16 + 8 * index,
  high: (index: number) => 20 + 8 * index,
} as const;

/** Opcodes of classic BPF, as far as filters need them. `k` is the instruction's constant, A the accumulator. */
export const BPF = {
  /** A = word at byte offset k */
  load: 0x20,
  /** A &= k */
  and: 0x54,
  /** forward by k, unconditionally */
  goto: 0x05,
  /** A == k */
  jeq: 0x15,
  /** A > k, unsigned */
  jgt: 0x25,
  /** A >= k, unsigned */
  jge: 0x35,
  ret: 0x06,
} as const;
