/** A profile in docker's format says here what it says to docker. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Arch, compilePolicy } from '../../../../src/sandbox/seccomp/index.js';
import { policyOfProfile } from '../../../../src/sandbox/seccomp/profile-policy.js';
import { parseSeccompProfile, type SeccompProfile } from '../../../../src/spec/index.js';
import { profileForDocker } from './support/arbitraries.js';
import { type Container, dockerEvaluator } from './support/docker.js';
import { edgeCalls, show } from './support/edges.js';
import { interpreter } from './support/interpret.js';
import { NEWEST_KNOWN } from './support/libseccomp.js';
import { workshop } from './support/native.js';

const LIKE_DOCKER = new URL('fixtures/like-docker.json', import.meta.url).pathname;

const shop = workshop();
let exporter: string;
beforeAll(() => {
  exporter = shop.compile('export-bpf', '-lseccomp');
});
afterAll(() => shop.remove());

/** Where docker's filter and ours differ, over every number and around every value of a rule. */
function differences(profile: SeccompProfile, container: Container): string[] {
  const { arch, caps, kernel } = container;
  const policy = policyOfProfile(profile, {
    arch,
    capabilities: caps as never,
    kernel: `${kernel.join('.')}.0-amd64`,
  });
  const ours = interpreter(compilePolicy(policy, arch));
  const docker = dockerEvaluator(exporter, profile, container);
  return edgeCalls(policy, arch)
    .filter(({ nr }) => nr <= NEWEST_KNOWN || nr >= 600)
    .filter((call) => ours(call).result !== docker(call))
    .map((call) => `${show(call)}: ${ours(call).result.toString(16)}, not ${docker(call).toString(16)}`);
}

const ARCHES: readonly Arch[] = ['x86_64', 'aarch64'];

const CONTAINERS: readonly Omit<Container, 'arch'>[] = [
  { caps: [], kernel: [6, 1] },
  { caps: ['SYS_CHROOT', 'CHOWN'], kernel: [4, 7] },
  { caps: ['SYS_ADMIN', 'SYS_NICE'], kernel: [10, 0] },
];

describe.each(ARCHES)('on %s', { timeout: 60_000 }, (arch) => {
  test.each(CONTAINERS)(
    'a profile of the shape of docker says the same, with $caps on $kernel',
    async (about) => {
      const profile = await parseSeccompProfile(readFileSync(LIKE_DOCKER, 'utf8'), 'like-docker.json');
      expect(differences(profile, { ...about, arch })).toEqual([]);
    },
  );

  test('so does a random one', () => {
    const property = fc.property(profileForDocker, fc.constantFrom(...CONTAINERS), (profile, about) => {
      expect(differences(profile, { ...about, arch })).toEqual([]);
    });
    // The same ones each time: a difference may be a fault of the installed libseccomp.
    fc.assert(property, { numRuns: 40, seed: 5 });
  });
});

describe('of several rules for one call', () => {
  const SOCKET = { index: 0, op: 'SCMP_CMP_EQ', value: 2 } as const;
  const ask = async (firstMatch: boolean, domain: bigint): Promise<number> => {
    const text = JSON.stringify({
      defaultAction: 'SCMP_ACT_ERRNO',
      firstMatch,
      syscalls: [
        { names: ['socket'], action: 'SCMP_ACT_ALLOW', args: [SOCKET] },
        { names: ['socket'], action: 'SCMP_ACT_ERRNO', errnoRet: 97 },
      ],
    });
    const profile = await parseSeccompProfile(text, 'x.json');
    const policy = policyOfProfile(profile, { arch: 'x86_64', capabilities: [], kernel: '6.1.0' });
    const args = [domain, 0n, 0n, 0n, 0n, 0n];
    return interpreter(compilePolicy(policy, 'x86_64'))({ arch: 0xc000_003e, nr: 41, args }).result;
  };

  test('the one without tests decides, as in docker', async () => {
    expect([await ask(false, 2n), await ask(false, 1n)]).toEqual([0x5_0061, 0x5_0061]);
  });

  test('the first one that fits decides where the profile says so', async () => {
    expect([await ask(true, 2n), await ask(true, 1n)]).toEqual([0x7fff_0000, 0x5_0061]);
  });
});
