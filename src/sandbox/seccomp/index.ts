import { compilePolicy } from './compile.js';
import { DEFAULT_POLICY } from './default-policy.js';
import type { Arch } from './policy.js';

export { compilePolicy } from './compile.js';
export { DEFAULT_POLICY } from './default-policy.js';
export type { Action, Arch, ArgTest, Op, Policy, Rule } from './policy.js';

const programs = new Map<Arch, Uint8Array>();

/**
 * The filter to load just before exec: an array of struct sock_filter, or null for none. Compiling takes about a
 * millisecond, more than a start may cost, so each program is made once and shared: do not write to it.
 */
export function seccompProgram(name: 'default' | 'unconfined', arch: Arch): Uint8Array | null {
  if (name === 'unconfined') return null;
  const program = programs.get(arch) ?? compilePolicy(DEFAULT_POLICY, arch);
  programs.set(arch, program);
  return program;
}
