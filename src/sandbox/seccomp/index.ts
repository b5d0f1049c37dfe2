import { createHash } from 'node:crypto';
import { release } from 'node:os';
import { HotcellError } from '../../core/index.js';
import type { Capability, OwnSeccomp, Seccomp } from '../../spec/index.js';
import { compilePolicy } from './compile.js';
import { CHROOT_POLICY, DEFAULT_POLICY, ROOT_POLICY } from './default-policy.js';
import { FLOOR } from './floor.js';
import type { Arch, Policy } from './policy.js';
import { flooredPolicy } from './profile-policy.js';
import { STRICT_POLICY } from './strict-policy.js';
import { UNPACKER_POLICY } from './unpacker-policy.js';

export { compilePolicy } from './compile.js';
export { DEFAULT_POLICY } from './default-policy.js';
export type { Action, Arch, ArgTest, Op, Policy, Rule } from './policy.js';
export { policyOfProfile } from './profile-policy.js';
export { profileText } from './profile-text.js';
export { describeTrace, keptArguments, tracingProgram } from './trace.js';
export { tracedPolicy } from './traced-policy.js';
export { unknownNames } from './unknown-names.js';

const POLICIES = {
  default: DEFAULT_POLICY,
  root: ROOT_POLICY,
  chroot: CHROOT_POLICY,
  strict: STRICT_POLICY,
  unpacker: UNPACKER_POLICY,
} as const;

export const hostArch = (): Arch => (process.arch === 'arm64' ? 'aarch64' : 'x86_64');

/** What a person may want to read. */
export const SHOWN_POLICIES = {
  default: DEFAULT_POLICY,
  strict: STRICT_POLICY,
  floor: { defaultAction: 'SCMP_ACT_ALLOW', archMap: DEFAULT_POLICY.archMap, syscalls: FLOOR },
} as const satisfies Readonly<Record<string, Policy>>;

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

/** A policy, and what it is known by. */
interface Source {
  readonly key: string;
  readonly policy: () => Policy;
}

const named = (name: keyof typeof POLICIES): Source => ({ key: name, policy: () => POLICIES[name] });

function own({ profile }: OwnSeccomp, arch: Arch, capabilities: readonly Capability[]): Source {
  const key = createHash('sha256')
    .update(JSON.stringify([profile, capabilities]))
    .digest('hex');
  return { key, policy: () => flooredPolicy(profile, { arch, capabilities, kernel: release() }) };
}

/** Root of an image may become any user but init's, and chroot where it keeps the capability for it. */
function defaultName(capabilities: readonly Capability[]): 'default' | 'root' | 'chroot' {
  if (capabilities.length === 0) return 'default';
  return capabilities.includes('SYS_CHROOT') ? 'chroot' : 'root';
}

function sourceOf(seccomp: Seccomp, arch: Arch, capabilities: readonly Capability[]): Source | null {
  if (seccomp === 'unconfined') return null;
  if (seccomp === 'strict') return named('strict');
  if (seccomp === 'default') return named(defaultName(capabilities));
  if (seccomp.kind === 'profile') return own(seccomp, arch, capabilities);
  throw new HotcellError({ code: 'internal', message: `the seccomp profile ${seccomp.path} was never read` });
}

/** What a program may do, the floor included; null: everything. @param capabilities what it keeps in its user namespace */
export const seccompPolicy = (
  seccomp: Seccomp,
  arch: Arch,
  capabilities: readonly Capability[] = [],
): Policy | null => sourceOf(seccomp, arch, capabilities)?.policy() ?? null;

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
  const source = sourceOf(seccomp, arch, capabilities);
  return source && compiled(source.key, arch, source.policy);
}

/** The filter of the program that writes layers; see unpacker-policy.ts. */
export const unpackerProgram = (arch: Arch): Uint8Array =>
  compiled('unpacker', arch, () => POLICIES.unpacker);
