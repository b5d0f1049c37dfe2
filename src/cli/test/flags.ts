import { Flag } from '../flag.js';

const SELECTION = 'What runs:';
const RUNNING = 'How it runs (sizes: 64m, 2GiB; times: 500ms, 2s, 1m30s):';
const ISOLATION = 'Isolation:';
const RESULTS = 'Results:';

/** Named here, and not asked of the engine, so that help and completion need not load it; a test compares the two. */
export const REPORTERS = ['summary', 'json', 'jsonl', 'junit', 'tap', 'ctrf', 'meta', 'csv', 'html'] as const;

export const ON_INTERRUPT = ['cancel', 'finish'] as const;

export type OnInterrupt = (typeof ON_INTERRUPT)[number];

const selection = (): Flag[] => [
  new Flag({
    flags: '--filter <text|/re/>',
    description: 'only cases whose title has the text, or matches *',
    group: SELECTION,
    repeatable: true,
  }),
  new Flag({
    flags: '--label <name[=value]>',
    description: 'only cases with the label; several names all, several values any *',
    group: SELECTION,
    repeatable: true,
  }),
  new Flag({
    flags: '--shard <i/n>',
    description: 'only the i-th of n parts, for n machines side by side',
    group: SELECTION,
  }),
  new Flag({ flags: '--list', description: 'print the titles of what would run', group: SELECTION }),
  new Flag({
    flags: '--resume [run]',
    description: 'only what has no result yet in that run (default: the last one)',
    group: SELECTION,
  }),
  new Flag({
    flags: '--allow-outside',
    description: 'let suites name files outside of their own directory',
    group: SELECTION,
  }),
];

const running = (): Flag[] => [
  new Flag({
    flags: '--repeat <number>',
    description: 'run each case as often (default: 1)',
    group: RUNNING,
  }),
  new Flag({
    flags: '--retries <number>',
    description: 'at least so many further attempts of what did not pass',
    group: RUNNING,
  }),
  new Flag({
    flags: '--bail [number]',
    description: 'start no more after as many that did not pass (alone: 1)',
    group: RUNNING,
  }),
  new Flag({ flags: '--timeout <time>', description: 'end everything after this time', group: RUNNING }),
  new Flag({
    flags: '--workers <number>',
    description: 'threads, 0 for none (default: one for two CPUs, 1 to 4)',
    group: RUNNING,
  }),
  new Flag({ flags: '-j, --jobs <number>', description: 'runs at a time, at most', group: RUNNING }),
  new Flag({
    flags: '--cpu-budget <number>',
    description: 'CPUs for all runs at a time (default: all)',
    group: RUNNING,
  }),
  new Flag({
    flags: '--memory-budget <size>',
    description: 'memory limits of all runs at a time, summed (default: 80% of what is free)',
    group: RUNNING,
  }),
  new Flag({
    flags: '--pull <when>',
    description: 'fetch images first: missing, always or never (default: never)',
    group: RUNNING,
    completes: ['missing', 'always', 'never'],
  }),
  new Flag({
    flags: '--on-interrupt <what>',
    description: 'at the first Ctrl-C: cancel what runs, or let it finish (default: cancel)',
    group: RUNNING,
    completes: [...ON_INTERRUPT],
  }),
];

const isolation = (): Flag[] => [
  new Flag({
    flags: '--isolation <level>',
    description: 'full, namespaces, chroot or none, instead of what the suites say',
    group: ISOLATION,
    completes: ['full', 'namespaces', 'chroot', 'none'],
  }),
  new Flag({
    flags: '--allow-unsafe',
    description: 'let suites ask for less: weaker isolation, the host network, all system calls',
    group: ISOLATION,
  }),
  new Flag({
    flags: '--allow-degraded',
    description: 'run even if this host lacks a control, and say which',
    group: ISOLATION,
  }),
];

const results = (): Flag[] => [
  reporterFlag(RESULTS),
  new Flag({
    flags: '--sample <time>',
    description: 'how often to look at what a run uses, or off (default: 50ms where it is shown)',
    group: RESULTS,
    completes: ['off'],
  }),
  new Flag({ flags: '--name <name>', description: 'name of the run in the history', group: RESULTS }),
  new Flag({ flags: '--no-history', description: 'do not keep the run in the history', group: RESULTS }),
  new Flag({
    flags: '-q, --quiet',
    description: 'neither progress nor summary; the exit code and the reports tell',
    group: RESULTS,
  }),
];

/** The commands that write reports share it. */
export const reporterFlag = (group: string): Flag =>
  new Flag({
    flags: '--reporter <name[=file]>',
    description: `${REPORTERS.slice(0, -1).join(', ')} or ${REPORTERS.at(-1)} *`,
    group,
    repeatable: true,
    completes: REPORTERS.map((name) => (name === 'summary' ? name : `${name}=`)),
  });

/** Every flag of `hotcell test`, in the order of its help. */
export const testFlags = (): Flag[] => [...selection(), ...running(), ...isolation(), ...results()];

/** What commander makes of {@link testFlags}: text as typed, `true` where an optional value was left out. */
export interface TestFlags {
  readonly filter?: readonly string[];
  readonly label?: readonly string[];
  readonly shard?: string;
  readonly list?: boolean;
  readonly resume?: string | true;
  readonly allowOutside?: boolean;
  readonly allowUnsafe?: boolean;
  readonly repeat?: string;
  readonly retries?: string;
  readonly bail?: string | true;
  readonly timeout?: string;
  readonly workers?: string;
  readonly jobs?: string;
  readonly cpuBudget?: string;
  readonly memoryBudget?: string;
  readonly pull?: string;
  readonly onInterrupt?: string;
  readonly isolation?: string;
  readonly allowDegraded?: boolean;
  readonly reporter?: readonly string[];
  readonly sample?: string;
  readonly name?: string;
  readonly history?: boolean;
  readonly quiet?: boolean;
  readonly color?: boolean;
}
