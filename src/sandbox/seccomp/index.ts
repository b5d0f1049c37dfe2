import { compilePolicy } from './compile.js';
import { DEFAULT_POLICY, ROOT_POLICY } from './default-policy.js';
import type { Arch } from './policy.js';

export { compilePolicy } from './compile.js';
export { DEFAULT_POLICY, ROOT_POLICY } from './default-policy.js';
export type { Action, Arch, ArgTest, Op, Policy, Rule } from './policy.js';

/** What a run may do beyond what every program may. */
export interface SeccompNeeds {
  /** It keeps CAP_SYS_CHROOT. */
  readonly mayChroot?: boolean;
}

const programs = new Map<string, Uint8Array>();

/**
 * The filter to load just before exec: an array of struct sock_filter, or null for none. Compiling takes about a
 * millisecond, more than a start may cost, so each program is made once and shared: do not write to it.
 */
export function seccompProgram(
  name: 'default' | 'unconfined',
  arch: Arch,
  { mayChroot = false }: SeccompNeeds = {},
): Uint8Array | null {
  if (name === 'unconfined') return null;
  const key = `${arch} ${mayChroot}`;
  const program = programs.get(key) ?? compilePolicy(mayChroot ? ROOT_POLICY : DEFAULT_POLICY, arch);
  programs.set(key, program);
  return program;
}
