/**
 * The shape of a seccomp policy: docker's profile format after its `includes` and `excludes` are resolved, so that a
 * docker profile can be turned into one. A policy is plain data; see compile.ts for what is made of it.
 */
import type { SeccompOp } from '../../spec/index.js';
import type { ACTIONS } from './kernel.js';

/** Architectures that programs can be compiled for. */
export type { Arch } from './kernel.js';

export type Action = keyof typeof ACTIONS;

export type Op = SeccompOp;

/** One comparison of one argument, unsigned and over all 64 bits. */
export interface ArgTest {
  /** Which argument, 0 to 5. */
  readonly index: number;
  /** What to compare with; for SCMP_CMP_MASKED_EQ the mask. */
  readonly value: number | bigint;
  /** For SCMP_CMP_MASKED_EQ: matches when `arg & value` is `valueTwo & value`. Default 0. */
  readonly valueTwo?: number | bigint;
  readonly op: Op;
}

export interface Rule {
  /** Names that no supported architecture has are of no effect. */
  readonly names: readonly string[];
  readonly action: Action;
  /** For SCMP_ACT_ERRNO (default: EPERM) and the data of SCMP_ACT_TRACE and SCMP_ACT_TRAP (default: 0). */
  readonly errnoRet?: number;
  /** All must match. Each argument at most once: several values for one argument are several rules. */
  readonly args?: readonly ArgTest[];
  readonly comment?: string;
}

/**
 * The first rule that names the call and whose arguments match decides, in the order of the list. (libseccomp keeps no
 * order: there a rule without arguments beats every one with arguments. Both agree where a call's rules do not conflict.)
 */
export interface Policy {
  readonly defaultAction: Action;
  readonly defaultErrnoRet?: number;
  /**
   * Architectures the policy is meant for, as docker names them. Docker's `subArchitectures` have no counterpart:
   * calls of any architecture but the one compiled for kill the process.
   */
  readonly archMap: readonly { readonly architecture: 'SCMP_ARCH_X86_64' | 'SCMP_ARCH_AARCH64' }[];
  readonly syscalls: readonly Rule[];
}
