/** A policy that is printed is read back as the same policy. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePolicy, type Policy, SHOWN_POLICIES } from '../../../../src/sandbox/seccomp/index.js';
import { policyOfProfile } from '../../../../src/sandbox/seccomp/profile-policy.js';
import { profileText } from '../../../../src/sandbox/seccomp/profile-text.js';
import { parseSeccompProfile } from '../../../../src/spec/index.js';
import { anyPolicy } from './support/arbitraries.js';

const ARCHES = ['x86_64', 'aarch64'] as const;

async function readBack(policy: Policy): Promise<Policy> {
  const profile = await parseSeccompProfile(profileText(policy, ARCHES), 'shown');
  return policyOfProfile(profile, { arch: 'x86_64', capabilities: [], kernel: '6.1.0' });
}

test.each(Object.entries(SHOWN_POLICIES))('%s', async (_, policy) => {
  const again = await readBack(policy);
  for (const arch of ARCHES) expect(compilePolicy(again, arch)).toEqual(compilePolicy(policy, arch));
});

const hasNotify = ({ defaultAction, syscalls }: Policy): boolean =>
  [defaultAction, ...syscalls.map(({ action }) => action)].includes('SCMP_ACT_NOTIFY');

test('any other', async () => {
  const property = fc.asyncProperty(
    anyPolicy.filter((policy) => !hasNotify(policy)),
    async (policy) => {
      expect(compilePolicy(await readBack(policy), 'x86_64')).toEqual(compilePolicy(policy, 'x86_64'));
    },
  );
  await fc.assert(property, { numRuns: 40 });
});

test('no line is longer than a terminal is wide, but for comments', () => {
  for (const policy of Object.values(SHOWN_POLICIES)) {
    const long = profileText(policy, ARCHES)
      .split('\n')
      .filter((line) => line.length > 160 && !line.includes('"comment"'));
    expect(long).toEqual([]);
  }
});
