/**
 * What an ordinary user's sandboxes cannot hold as root's do, test by test, with why and what holds instead: the one place
 * where it stands. `npm run test:rootless` runs the tests as such users, and fails for a failure that is not here as well as
 * for an entry that would pass. docs/rootless.md has it for users.
 */

/** With a range of ids in /etc/subuid, or with the user's own alone; both without a delegated cgroup. */
export const ROUNDS = ['ranges', 'single'] as const;
export type Round = (typeof ROUNDS)[number];

export interface Difference {
  readonly why: string;
  /** What holds in its place, and which test shows it. */
  readonly instead: string;
  /** Absent = both. */
  readonly only?: Round;
  /** Also with a delegated cgroup, as the virtual machine's ordinary user has it; scripts/vm/lanes.ts. */
  readonly withCgroup?: boolean;
  /** Depends on when somebody looks: such a test may pass as well. */
  readonly timing?: boolean;
  /** File without `.test.ts`, and the beginning of the tests' full names; "" = all of it. */
  readonly tests: Readonly<Record<string, readonly string[]>>;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    why: 'without a cgroup nothing holds limits.cpus and limits.cpuset, so a job that names them is refused',
    instead: 'it says so (rootless/limits); with --allow-degraded it runs and says what is missing',
    tests: {
      'limits-cpus': [
        ...['cpus a', 'cpus without'],
        ...['cpuset CPU ', 'cpuset a list', 'cpuset threads', 'cpuset the next run'],
      ],
      'attacks-launcher': ['a run whose init is too slow'],
      'programs-behaviour': ['programs that make processes '],
    },
  },
  {
    why: 'memory is looked at now and then: what is written between two looks is over the limit',
    instead:
      'the program is killed within some MiB above it, and the outcome has what was seen (rootless/limits)',
    timing: true,
    tests: {
      'limits-memory': ['above the limit allocate-', 'a kill leaves nothing for the next run'],
      'programs-behaviour': ['programs that take memory allocate-', 'programs that take memory allocate.py'],
      'security/c-resources': ['C2 memory as '],
    },
  },
  {
    why: "memory that only the kernel holds for a program is nobody's that could be looked at",
    instead:
      'limits.memory says so in isolation.degraded; what a process has mapped is seen (rootless/limits)',
    tests: {
      'limits-memory': ['above the limit allocate-kernel-memory ["memfd"'],
      'programs-behaviour': ['programs that take memory allocate-kernel-memory memfd'],
      'attacks-shared-kernel': ['a program that fills the buffers of TCP connections'],
    },
  },
  {
    why: 'how many processes there are is looked at now and then: of a program that ends before, one was seen',
    instead: 'pidsPeak says that it is from looking; of one that lives on it has them all (rootless/limits)',
    timing: true,
    tests: { 'programs-handle': ['cancelling works by AbortSignal, and takes the children along'] },
  },
  {
    why: 'CPU time of children that a program has waited for is told in ticks of 10 ms',
    instead: 'their limit ends it all the same (rootless/limits)',
    timing: true,
    tests: { 'limits-cpu-time': ['overshoot of short children'] },
  },
  {
    why: 'RLIMIT_NPROC does not say how often it refused a process',
    instead: 'pidsLimitHits is null and says why; the limit holds to the process (rootless/limits)',
    tests: {
      'limits-pids': [
        'processes just below',
        'processes one above',
        'threads just below',
        'threads one above',
        'hits are counted',
      ],
      'cli/exit-codes': ['exit codes note a limit that was hit'],
    },
  },
  {
    why: 'a limit that was asked for is held by less than a cgroup, which the command line says',
    instead: 'exit codes and all other lines are the same (cli/exit-codes as root)',
    tests: {
      'cli/exit-codes': [
        ...['a limit of CPU time', 'a limit of memory', 'a limit of output', 'a limit of time'],
        'exit codes tell what of a job could not be set up',
      ],
      'cli/terminal': ['-t gives the terminal back when a limit ends the program'],
    },
  },
  {
    why: 'isolation chroot needs root',
    instead: 'it is refused and says what to use (rootless/ids)',
    withCgroup: true,
    tests: {
      'programs-levels': [
        'isolation chroot ',
        'a limit that a level cannot hold is an error with isolation chroot',
      ],
      'library-samples': ['samples are of CPU time only with isolation chroot'],
      'image-run-rights': ['root of an image has no rights without a user namespace'],
    },
  },
  {
    why: 'without isolation a program is who runs it, and nobody else',
    instead: 'it is (rootless/ids)',
    withCgroup: true,
    tests: { 'programs-levels': ['isolation none runs as the user that the job names'] },
  },
  {
    why: 'a program that is the user is kept from the network of the host, whose abstract sockets take that for a proof',
    instead: 'it is refused, or named where it is allowed (rootless/ids)',
    tests: { 'image-run-rights': ['root of an image may do no more of it to the network of the host'] },
  },
  {
    why: 'only root can make files and processes of other users, which these tests begin with',
    instead: "files of the user's own in mounts (rootless/ids); who connects is checked by the same code",
    withCgroup: true,
    tests: {
      'library-root': ['a mounted directory '],
      'launcher-protocol': ['who may connect user '],
    },
  },
  {
    why: 'with a single id there is no other user than 1000:1000 and 0:0',
    instead: 'it is refused with the remedy (rootless/ids)',
    only: 'single',
    tests: {
      'programs-inside': ['what a program is user 65534:65534', 'what a program is user nobody'],
      'security/a-launcher': ['A8 user "1234"', 'A8 user "65534:33"'],
    },
  },
  {
    why: 'the kernel counts pipes, watches and descriptors on their way for an id, and one range is of one id each to all sandboxes',
    instead:
      'docs/rootless.md says what is shared; with more ranges in /etc/subuid sandboxes have ids of their own',
    timing: true,
    withCgroup: true,
    tests: { 'security/r-found-by-ourselves': ['R9 '] },
  },
  {
    why: 'with a single id the root of a sandbox is its program’s, whoever that is',
    instead: 'what it makes there is its own sandbox’s, and gone with it',
    only: 'single',
    tests: { 'security/r-found-by-ourselves': ['R2 an ordinary user '] },
  },
  {
    why: 'with a single id init has that of its program, which without any filter may set limits to it',
    instead:
      'it harms itself alone: the launcher ends the run at its wall time, and init if that does not answer',
    only: 'single',
    timing: true,
    tests: {
      'security/r-found-by-ourselves': [
        ...[1, 2, 3, 4, 5, 6, 7].flatMap((n) => [`R${n} user 0 without`, `R${n} an ordinary user without`]),
      ],
    },
  },
];
