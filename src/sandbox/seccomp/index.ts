import { createHash } from 'node:crypto';
import { release } from 'node:os';
import { HotcellError } from '../../core/index.js';
import type { Capability, OwnSeccomp, Seccomp } from '../../spec/index.js';
import { compilePolicy } from './compile.js';
import { CHROOT_POLICY, DEFAULT_POLICY, ROOT_POLICY } from './default-policy.js';
import type { Arch, Policy } from './policy.js';
import { flooredPolicy } from './profile-policy.js';
import { STRICT_POLICY } from './strict-policy.js';
import { UNPACKER_POLICY } from './unpacker-policy.js';

export { compilePolicy } from './compile.js';
export { DEFAULT_POLICY } from './default-policy.js';
export type { Action, Arch, ArgTest, Op, Policy, Rule } from './policy.js';

const POLICIES = {
  default: DEFAULT_POLICY,
  root: ROOT_POLICY,
  chroot: CHROOT_POLICY,
  strict: STRICT_POLICY,
  unpacker: UNPACKER_POLICY,
} as const;

/** Profiles of one process are few, but who runs a service may be sent any number. */
const MOST_PROGRAMS = 64;

const programs = new Map<string, Uint8Array>();

/** Compiling takes about a millisecond, more than a start may cost: each is made once and shared, so do not write to it. */
function compiled(key: string, arch: Arch, policy: () => Policy): Uint8Array {
  const whole = `${key} ${arch}`;
  const program = programs.get(whole) ?? compilePolicy(policy(), arch);
  const [oldest] = programs.keys();
  if (programs.size >= MOST_PROGRAMS && !programs.has(whole) && oldest !== undefined) programs.delete(oldest);
  programs.set(whole, program);
  return program;
}

const named = (name: keyof typeof POLICIES, arch: Arch): Uint8Array =>
  compiled(name, arch, () => POLICIES[name]);

function ownProgram({ profile }: OwnSeccomp, arch: Arch, capabilities: readonly Capability[]): Uint8Array {
  const key = createHash('sha256')
    .update(JSON.stringify([profile, capabilities]))
    .digest('hex');
  return compiled(key, arch, () => flooredPolicy(profile, { arch, capabilities, kernel: release() }));
}

/** Root of an image may become any user but init's, and chroot where it keeps the capability for it. */
function defaultName(capabilities: readonly Capability[]): 'default' | 'root' | 'chroot' {
  if (capabilities.length === 0) return 'default';
  return capabilities.includes('SYS_CHROOT') ? 'chroot' : 'root';
}

/**
 * The filter to load just before exec: an array of struct sock_filter, or null for none.
 *
 * @param capabilities what the program keeps in its user namespace
 * @throws HotcellError `invalid-spec` for a profile that needs more instructions than the kernel takes
 */
export function seccompProgram(
  seccomp: Seccomp,
  arch: Arch,
  capabilities: readonly Capability[] = [],
): Uint8Array | null {
  if (seccomp === 'unconfined') return null;
  if (seccomp === 'strict') return named('strict', arch);
  if (seccomp === 'default') return named(defaultName(capabilities), arch);
  if (seccomp.kind === 'profile') return ownProgram(seccomp, arch, capabilities);
  throw new HotcellError({ code: 'internal', message: `the seccomp profile ${seccomp.path} was never read` });
}

/** The filter of the program that writes layers; see unpacker-policy.ts. */
export const unpackerProgram = (arch: Arch): Uint8Array => named('unpacker', arch);
