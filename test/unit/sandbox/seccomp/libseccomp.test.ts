/** libseccomp is the reference that others use: its compile of the same policy must give the same verdicts. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROOT_POLICY, ROOT_POLICY } from '../../../../src/sandbox/seccomp/default-policy.js';
import {
  type Arch,
  compilePolicy,
  DEFAULT_POLICY,
  type Policy,
} from '../../../../src/sandbox/seccomp/index.js';
import { STRICT_POLICY } from '../../../../src/sandbox/seccomp/strict-policy.js';
import { syscallNumbers } from '../../../../src/sandbox/seccomp/syscall-numbers.js';
import { UNPACKER_POLICY } from '../../../../src/sandbox/seccomp/unpacker-policy.js';
import { policyForLibseccomp } from './support/arbitraries.js';
import { edgeCalls, show } from './support/edges.js';
import { interpreter } from './support/interpret.js';
import { libseccompEvaluator, libseccompNumbers, NEWEST_KNOWN } from './support/libseccomp.js';
import { workshop } from './support/native.js';

const POLICIES: Readonly<Record<string, Policy>> = {
  default: DEFAULT_POLICY,
  strict: STRICT_POLICY,
  'image root': ROOT_POLICY,
  'image root with chroot': CHROOT_POLICY,
  unpacker: UNPACKER_POLICY,
};

const shop = workshop();
let exporter: string;
beforeAll(() => {
  exporter = shop.compile('export-bpf', '-lseccomp');
});
afterAll(() => shop.remove());

function differences(policy: Policy, arch: Arch): string[] {
  const ours = interpreter(compilePolicy(policy, arch));
  const theirs = libseccompEvaluator(exporter, policy, arch);
  return edgeCalls(policy, arch)
    .filter((call) => ours(call).result !== theirs(call))
    .map((call) => `${show(call)}: ${ours(call).result.toString(16)}, not ${theirs(call).toString(16)}`);
}

/** For an architecture that is not the machine's, libseccomp only takes calls whose names it knows. */
function withoutNewest(policy: Policy, arch: Arch): Policy {
  const numbers = syscallNumbers(arch);
  const known = (name: string): boolean => (numbers.get(name) ?? 0) <= NEWEST_KNOWN;
  const syscalls = policy.syscalls.map((rule) => ({ ...rule, names: rule.names.filter(known) }));
  return { ...policy, syscalls };
}

describe.each(['x86_64', 'aarch64'] as const)('on %s', { timeout: 60_000 }, (arch) => {
  test('calls have the numbers that libseccomp gives them', () => {
    const ours = new Map([...syscallNumbers(arch)].filter(([, number]) => number <= NEWEST_KNOWN));
    // These two are newer than their numbers.
    for (const name of ['uretprobe', 'uprobe']) ours.delete(name);
    expect(libseccompNumbers(exporter, arch, ours.keys())).toEqual(ours);
  });

  test.each(Object.entries(POLICIES))(
    'the %s policy gets equal verdicts for all numbers and edges',
    (_, policy) => {
      expect(differences(withoutNewest(policy, arch), arch)).toEqual([]);
    },
  );

  test('so does a random one that libseccomp gets right', () => {
    const property = fc.property(policyForLibseccomp, (policy) => {
      expect(differences(withoutNewest(policy, arch), arch)).toEqual([]);
    });
    // The same ones each time: a difference may be a fault of the installed libseccomp.
    fc.assert(property, { numRuns: 40, seed: 20 });
  });
});
