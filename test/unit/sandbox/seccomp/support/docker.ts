/**
 * What docker and runc do with a profile, read from their sources' behaviour and written for libseccomp's own calls: filter by
 * `includes` and `excludes`, leave out what says no more than the default, add one rule after the other. It shares nothing
 * with src/sandbox/seccomp/profile-policy.ts but the profile.
 */
import { execFileSync } from 'node:child_process';
import type { Arch } from '../../../../../src/sandbox/seccomp/index.js';
import { syscallNumbers } from '../../../../../src/sandbox/seccomp/syscall-numbers.js';
import type { ProfileRule, SeccompProfile } from '../../../../../src/spec/index.js';
import type { Call } from './call.js';
import { actionValue } from './evaluate.js';
import { interpreter } from './interpret.js';
import { COMPARE, NEWEST_KNOWN } from './libseccomp.js';

export interface Container {
  readonly arch: Arch;
  readonly caps: readonly string[];
  readonly kernel: readonly [number, number];
}

function isLeftOut({ includes, excludes }: ProfileRule, { arch, caps, kernel }: Container): boolean {
  const own = arch === 'x86_64' ? 'amd64' : 'arm64';
  const isNewer = ([major, minor]: readonly [number, number]) =>
    kernel[0] > major || (kernel[0] === major && kernel[1] >= minor);
  if (excludes.arches.includes(own)) return true;
  for (const cap of excludes.caps) if (caps.includes(cap)) return true;
  if (excludes.minKernel !== null && isNewer(excludes.minKernel)) return true;
  if (includes.arches.length > 0 && !includes.arches.includes(own)) return true;
  for (const cap of includes.caps) if (!caps.includes(cap)) return true;
  return includes.minKernel !== null && !isNewer(includes.minKernel);
}

function conditionsOf({ args }: ProfileRule): string[] {
  const texts = args.map(({ index, op, value, valueTwo }) => `${index} ${COMPARE[op]} ${value} ${valueTwo}`);
  const counts = new Map<number, number>();
  for (const { index } of args) counts.set(index, (counts.get(index) ?? 0) + 1);
  return [...counts.values()].some((count) => count > 1) ? texts : [texts.join(' ')];
}

export function dockerEvaluator(
  exporter: string,
  profile: SeccompProfile,
  container: Container,
): (call: Call) => number {
  const { arch } = container;
  const numbers = syscallNumbers(arch);
  const fallback = actionValue(profile.defaultAction, profile.defaultErrnoRet ?? undefined);
  const lines = [`arch ${arch}`, `default ${fallback}`];
  for (const rule of profile.syscalls) {
    const action = actionValue(rule.action, rule.errnoRet ?? undefined);
    if (isLeftOut(rule, container) || action === fallback) continue;
    for (const name of rule.names) {
      const number = numbers.get(name);
      if (number === undefined || number > NEWEST_KNOWN) continue;
      for (const conditions of conditionsOf(rule))
        lines.push(`rule ${action} ${name} ${number} ${conditions}`);
    }
  }
  const run = interpreter(execFileSync(exporter, { input: `${lines.join('\n')}\n` }));
  return (call) => run(call).result;
}
