/** What a filter sees of a system call (struct seccomp_data), as far as ours look. */
export interface Call {
  readonly arch: number;
  /** Unsigned: `syscall(-1)` is 0xffffffff. */
  readonly nr: number;
  /** Six unsigned 64-bit words. */
  readonly args: readonly bigint[];
}

export const AUDIT_ARCH = {
  i386: 0x4000_0003,
  x86_64: 0xc000_003e,
  arm: 0x4000_0028,
  aarch64: 0xc000_00b7,
  /** Its number differs from x86-64's in the top bit only. */
  x86_64WithoutConvention: 0x4000_003e,
  riscv64: 0xc000_00f3,
} as const;

export const NO_ARGS: readonly bigint[] = [0n, 0n, 0n, 0n, 0n, 0n];
