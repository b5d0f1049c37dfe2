/** The kinds of hosts that are tried in a virtual machine, and what is run on each: what depends on the kernel and its cgroups. */

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

/** What asks for other users, or for the levels that an ordinary user does not have. */
const NEEDS_ROOT = new Set(['integration/launcher-protocol', 'integration/library-root']);
const PROGRAMS_OF_USERS = ['integration/programs-{behaviour,exit,handle,host,inside}'];

const files = (names: readonly string[]): string[] => names.map((name) => `test/${name}.test.js`);

export const TESTS: Readonly<Record<Lane, readonly string[]>> = {
  'root-v2': files([...EVERYWHERE, 'integration/image-run-{lock,plans,rights}']),
  'user-v2': files(
    EVERYWHERE.filter((name) => !NEEDS_ROOT.has(name) && name !== 'integration/programs-*').concat(
      PROGRAMS_OF_USERS,
    ),
  ),
  'root-v1': files([
    'integration/limits-*',
    'integration/library-samples',
    'integration/soak-close',
    'security/*',
  ]),
};

/** What is known to fail there, by the beginnings of the tests' names. */
export const KNOWN: Readonly<Record<Lane, readonly string[]>> = {
  'root-v2': [],
  'user-v2': [
    // One range of ids is one user to the kernel, whose pipe pages and descriptors in flight all sandboxes share; docs/rootless.md.
    'R9 a program that takes all pipe buffers',
    'R9 a program that takes all file descriptors on their way',
    // An ordinary user has no such level.
    'samples are of CPU time only with isolation chroot',
  ],
  'root-v1': [],
};

export const isLane = (name: string): name is Lane => LANES.some((lane) => lane === name);
