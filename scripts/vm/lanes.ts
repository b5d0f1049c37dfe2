/** The kinds of hosts that are tried in a virtual machine, and what is run on each: what depends on the kernel and its cgroups. */

export const LANES = ['root-v2', 'user-v2', 'root-v1'] as const;
export type Lane = (typeof LANES)[number];

const EVERYWHERE = [
  'accuracy',
  'attacks-*',
  'launcher-*',
  'library',
  'library-root',
  'library-samples',
  'limits-*',
  'programs-*',
  'random-kills',
  'soak-close',
];

const files = (names: readonly string[]): string[] => names.map((name) => `test/integration/${name}.test.js`);

export const TESTS: Readonly<Record<Lane, readonly string[]>> = {
  'root-v2': files([...EVERYWHERE, 'image-run*']),
  'user-v2': files(EVERYWHERE),
  'root-v1': files(['limits-*', 'library-samples', 'soak-close']),
};

export const isLane = (name: string): name is Lane => LANES.some((lane) => lane === name);
