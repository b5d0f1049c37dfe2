/** From a profile in docker's format to a policy of ours: what is left of it under the circumstances of a run. */
import type { Capability, ProfileCondition, ProfileRule, SeccompProfile } from '../../spec/index.js';
import { FLOOR } from './floor.js';
import type { Arch, ArgTest, Policy, Rule } from './policy.js';

/** What `includes` and `excludes` of a rule are about. */
export interface Circumstances {
  readonly arch: Arch;
  readonly capabilities: readonly Capability[];
  /** As uname(2) has it: `6.1.0-18-amd64`. */
  readonly kernel: string;
}

const DOCKER_ARCH: Readonly<Record<Arch, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

function isAtLeast(kernel: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = (/^(\d+)\.(\d+)/.exec(kernel) ?? []).slice(1).map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** Which of its parts hold; only those that are given. */
function held({ caps, arches, minKernel }: ProfileCondition, { capabilities, arch, kernel }: Circumstances) {
  const has: readonly string[] = capabilities;
  return [
    ...caps.map((name) => has.includes(name)),
    ...(arches.length === 0 ? [] : [arches.includes(DOCKER_ARCH[arch])]),
    ...(minKernel === null ? [] : [isAtLeast(kernel, minKernel)]),
  ];
}

const applies = ({ includes, excludes }: ProfileRule, circumstances: Circumstances): boolean =>
  held(includes, circumstances).every(Boolean) && !held(excludes, circumstances).some(Boolean);

const exact = (value: number | string): number | bigint =>
  typeof value === 'string' ? BigInt(value) : value;

/** Several tests of one argument are alternatives to docker, and then all of the rule's tests are. */
function alternatives(args: readonly ArgTest[]): ArgTest[][] {
  const isOne = new Set(args.map(({ index }) => index)).size === args.length;
  return isOne ? [[...args]] : args.map((test) => [test]);
}

function rulesOf({ names, action, errnoRet, args }: ProfileRule): Rule[] {
  const tests = args.map((test) => ({ ...test, value: exact(test.value), valueTwo: exact(test.valueTwo) }));
  return alternatives(tests).map((some) => ({
    names,
    action,
    ...(errnoRet !== null && { errnoRet }),
    ...(some.length > 0 && { args: some }),
  }));
}

/** The number that an action carries if none is given, where that makes a difference. */
const numberOf = (action: string, given: number | undefined): number =>
  given ?? (action === 'SCMP_ACT_ERRNO' ? 1 : 0);

/**
 * What docker makes of its rules by way of runc and libseccomp: one that says no more than the default is left out, and one
 * without tests beats all others for the call, wherever it stands.
 */
function inDockersOrder(
  rules: readonly Rule[],
  policy: Pick<Policy, 'defaultAction' | 'defaultErrnoRet'>,
): Rule[] {
  const { defaultAction, defaultErrnoRet } = policy;
  const fallback = numberOf(defaultAction, defaultErrnoRet);
  const telling = rules.filter(
    ({ action, errnoRet }) => action !== defaultAction || numberOf(action, errnoRet) !== fallback,
  );
  const certain = new Set(telling.filter(({ args }) => args === undefined).flatMap(({ names }) => names));
  return telling.map((rule) =>
    rule.args === undefined ? rule : { ...rule, names: rule.names.filter((name) => !certain.has(name)) },
  );
}

/** The profile alone; the floor is not in it. */
export function policyOfProfile(profile: SeccompProfile, circumstances: Circumstances): Policy {
  const { defaultAction, defaultErrnoRet, firstMatch, syscalls } = profile;
  const rules = syscalls.filter((rule) => applies(rule, circumstances)).flatMap(rulesOf);
  const fallback = { defaultAction, ...(defaultErrnoRet !== null && { defaultErrnoRet }) };
  return {
    ...fallback,
    archMap: [{ architecture: 'SCMP_ARCH_X86_64' }, { architecture: 'SCMP_ARCH_AARCH64' }],
    syscalls: firstMatch ? rules : inDockersOrder(rules, fallback),
  };
}

/** What is compiled: nothing in a profile undoes the floor. */
export function flooredPolicy(profile: SeccompProfile, circumstances: Circumstances): Policy {
  const policy = policyOfProfile(profile, circumstances);
  return { ...policy, syscalls: [...FLOOR, ...policy.syscalls] };
}
