/** The kinds of hosts that are tried in a virtual machine, and what is run on each: what depends on the kernel and its cgroups. */
import { DIFFERENCES, type Difference } from '../../test/support/differences.js';

export const LANES = ['root-v2', 'user-v2', 'root-v1'] as const;
export type Lane = (typeof LANES)[number];

/** Without what mostly computes, which says nothing about a kernel and takes its time emulated. */
const EVERYWHERE = [
  'integration/attacks-*',
  'integration/launcher-protocol',
  'integration/launcher-replaced',
  'integration/library-root',
  'integration/library-samples',
  'integration/limits-*',
  'integration/programs-*',
  'integration/soak-close',
  'security/*',
];

const files = (names: readonly string[]): string[] => names.map((name) => `test/${name}.test.js`);

export const TESTS: Readonly<Record<Lane, readonly string[]>> = {
  'root-v2': files([...EVERYWHERE, 'integration/image-run-{lock,plans,rights}']),
  'user-v2': files(EVERYWHERE),
  'root-v1': files([
    'integration/limits-*',
    'integration/library-samples',
    'integration/soak-close',
    'security/*',
  ]),
};

/** What differs there; an ordinary user with a delegated group has most of what root has. */
export const KNOWN: Readonly<Record<Lane, readonly Difference[]>> = {
  'root-v2': [],
  'user-v2': DIFFERENCES.filter(({ withCgroup }) => withCgroup === true),
  'root-v1': [],
};

export const isLane = (name: string): name is Lane => LANES.some((lane) => lane === name);
