import type { Capability } from '../../spec/index.js';
import { compilePolicy } from './compile.js';
import { CHROOT_POLICY, DEFAULT_POLICY, ROOT_POLICY } from './default-policy.js';
import type { Arch } from './policy.js';
import { UNPACKER_POLICY } from './unpacker-policy.js';

export { compilePolicy } from './compile.js';
export { DEFAULT_POLICY } from './default-policy.js';
export type { Action, Arch, ArgTest, Op, Policy, Rule } from './policy.js';

const POLICIES = {
  default: DEFAULT_POLICY,
  root: ROOT_POLICY,
  chroot: CHROOT_POLICY,
  unpacker: UNPACKER_POLICY,
} as const;

const programs = new Map<string, Uint8Array>();

/** Compiling takes about a millisecond, more than a start may cost: each is made once and shared, so do not write to it. */
function compiled(name: keyof typeof POLICIES, arch: Arch): Uint8Array {
  const key = `${name} ${arch}`;
  const program = programs.get(key) ?? compilePolicy(POLICIES[name], arch);
  programs.set(key, program);
  return program;
}

/**
 * The filter to load just before exec: an array of struct sock_filter, or null for none.
 *
 * @param capabilities what the program keeps in its user namespace
 */
export function seccompProgram(
  name: 'default' | 'unconfined',
  arch: Arch,
  capabilities: readonly Capability[] = [],
): Uint8Array | null {
  if (name === 'unconfined') return null;
  if (capabilities.length === 0) return compiled('default', arch);
  return compiled(capabilities.includes('SYS_CHROOT') ? 'chroot' : 'root', arch);
}

/** The filter of the program that writes layers; see unpacker-policy.ts. */
export const unpackerProgram = (arch: Arch): Uint8Array => compiled('unpacker', arch);
