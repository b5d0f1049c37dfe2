import { Flag } from '../flag.js';

const LIMITS = 'Limits (sizes: 64m, 512MiB, 1g; times: 500ms, 2s, 1m30s):';
const ISOLATION = 'Isolation:';
const SURROUNDINGS = 'What the program sees:';
const FILES = 'Files:';
const STREAMS = 'Input, output and result:';

const limits = (): Flag[] => [
  new Flag({
    flags: '-m, --memory <size>',
    description: 'memory of all its processes, no swap (default: 512MiB)',
    group: LIMITS,
    jobPath: 'limits.memory',
  }),
  new Flag({
    flags: '--cpu-time <time>',
    description: 'CPU time of all its processes (default: 1m)',
    group: LIMITS,
    jobPath: 'limits.cpuTime',
  }),
  new Flag({
    flags: '--timeout <time>',
    description: 'time on the clock (default: 5m; none with -t)',
    group: LIMITS,
    jobPath: 'limits.wallTime',
  }),
  new Flag({
    flags: '--cpus <number>',
    description: 'at most this many at a time, 0.5 is half of one (default: all)',
    group: LIMITS,
    jobPath: 'limits.cpus',
  }),
  new Flag({
    flags: '--cpuset <list>',
    description: 'the ones it may run on, such as 0-2,4 (default: all)',
    group: LIMITS,
    jobPath: 'limits.cpuset',
  }),
  new Flag({ flags: '--cpuset-cpus <list>', description: 'the same', group: LIMITS, hidden: true }),
  new Flag({
    flags: '--pids-limit <number>',
    description: 'processes and threads at once (default: 256)',
    group: LIMITS,
    jobPath: 'limits.pids',
  }),
  new Flag({
    flags: '--output-limit <size>',
    description: 'bytes on stdout, and as many on stderr (default: 16MiB)',
    group: LIMITS,
    jobPath: 'limits.output',
  }),
  new Flag({
    flags: '--disk <size>',
    description: 'all that it writes, in all places (default: 256MiB)',
    group: LIMITS,
    jobPath: 'limits.disk',
  }),
  new Flag({
    flags: '--inodes <number>',
    description: 'files and directories it makes (default: 65536)',
    group: LIMITS,
    jobPath: 'limits.inodes',
  }),
  new Flag({
    flags: '--ulimit <name=value>',
    description: 'nofile (open files), fsize, stack (bytes), cpu (s) *',
    group: LIMITS,
    repeatable: true,
    completes: ['nofile=', 'fsize=', 'stack=', 'cpu=', 'core=0'],
  }),
];

const isolation = (): Flag[] => [
  new Flag({
    flags: '--network <mode>',
    description: 'none, loopback or host (default: none)',
    group: ISOLATION,
    completes: ['none', 'loopback', 'host'],
    jobPath: 'network',
  }),
  new Flag({
    flags: '--isolation <level>',
    description: 'full, namespaces, chroot or none (default: full)',
    group: ISOLATION,
    completes: ['full', 'namespaces', 'chroot', 'none'],
    jobPath: 'isolation',
  }),
  new Flag({
    flags: '--allow-degraded',
    description: 'run even if this host lacks a control, and say which',
    group: ISOLATION,
    jobPath: 'allowDegraded',
  }),
  new Flag({
    flags: '--security-opt <option>',
    description: 'seccomp=unconfined: no system call filter *',
    group: ISOLATION,
    repeatable: true,
    completes: ['seccomp=unconfined', 'seccomp=default'],
    jobPath: 'seccomp',
  }),
];

const surroundings = (): Flag[] => [
  new Flag({
    flags: '--image <image>',
    description: 'host, a curated view of this one, or dir:PATH (default: host)',
    group: SURROUNDINGS,
    completes: ['host', 'dir:'],
    jobPath: 'image',
  }),
  new Flag({
    flags: '-e, --env <name[=value]>',
    description: 'set a variable; without "=" to its value here *',
    group: SURROUNDINGS,
    repeatable: true,
    completes: 'variable',
    jobPath: 'env',
  }),
  new Flag({
    flags: '--env-file <file>',
    description: 'variables from a file, one NAME=VALUE a line *',
    group: SURROUNDINGS,
    repeatable: true,
    completes: 'file',
  }),
  new Flag({
    flags: '-w, --workdir <path>',
    description: 'directory it starts in (default: /box)',
    group: SURROUNDINGS,
    jobPath: 'workdir',
  }),
  new Flag({
    flags: '-u, --user <user[:group]>',
    description: 'user inside, by number or name (default: 1000:1000)',
    group: SURROUNDINGS,
    jobPath: 'user',
  }),
  new Flag({
    flags: '-h, --hostname <name>',
    description: 'host name inside (default: hotcell)',
    group: SURROUNDINGS,
    jobPath: 'hostname',
  }),
];

const files = (): Flag[] => [
  new Flag({
    flags: '--copy-in <src:dest>',
    description: 'copy a file or directory in before it starts *',
    group: FILES,
    repeatable: true,
    completes: 'file',
    jobPath: 'files',
  }),
  new Flag({
    flags: '--copy-out <path[:host]>',
    description: 'copy a file or directory out when it has ended *',
    group: FILES,
    repeatable: true,
    jobPath: 'outputs',
  }),
  new Flag({
    flags: '-v, --volume <host:dest[:mode]>',
    description: 'show a path of the host: ro (default), rw, or overlay *',
    group: FILES,
    repeatable: true,
    completes: 'file',
    jobPath: 'mounts',
  }),
  new Flag({
    flags: '--tmpfs <path[:options]>',
    description: 'an empty directory, such as /cache:size=64m,mode=1777 *',
    group: FILES,
    repeatable: true,
    jobPath: 'tmpfs',
  }),
  new Flag({
    flags: '--read-only',
    description: 'nothing is writable but /box, /tmp and what is mounted so',
    group: FILES,
    jobPath: 'readOnlyRoot',
  }),
];

const streams = (): Flag[] => [
  new Flag({
    flags: '-t, --tty',
    description: 'give it a terminal; the local one goes raw until it ends',
    group: STREAMS,
    jobPath: 'tty',
  }),
  new Flag({
    flags: '-i, --interactive',
    description: 'accepted out of habit: standard input is always passed on',
    group: STREAMS,
  }),
  new Flag({
    flags: '--stdin <file>',
    description: 'standard input from a file',
    group: STREAMS,
    completes: 'file',
    jobPath: 'stdin',
  }),
  new Flag({
    flags: '--json',
    description: 'print the outcome as JSON, its output inside, and nothing else',
    group: STREAMS,
  }),
  new Flag({
    flags: '--report <file>',
    description: 'write the outcome as JSON to a file; to stdout: --json',
    group: STREAMS,
    completes: 'file',
  }),
  new Flag({
    flags: '-q, --quiet',
    description: 'no line on stderr about limits and signals',
    group: STREAMS,
  }),
  new Flag({
    flags: '--name <name>',
    description: 'keep the run and its output under this name; see hotcell ps',
    group: STREAMS,
    jobPath: 'name',
  }),
  new Flag({
    flags: '-l, --label <key[=value]>',
    description: 'a label in the outcome, and to find a named run by *',
    group: STREAMS,
    repeatable: true,
    jobPath: 'labels',
  }),
  new Flag({
    flags: '--rm',
    description: 'keep a named run only until it ends; others are never kept',
    group: STREAMS,
  }),
];

/** Every flag of `hotcell run`, in the order of its help. */
export const runFlags = (): Flag[] => [
  ...limits(),
  ...isolation(),
  ...surroundings(),
  ...files(),
  ...streams(),
];

/** What commander makes of {@link runFlags}: text as typed, lists for the repeatable ones. */
export interface RunFlags {
  readonly memory?: string;
  readonly cpuTime?: string;
  readonly timeout?: string;
  readonly cpus?: string;
  readonly cpuset?: string;
  readonly cpusetCpus?: string;
  readonly pidsLimit?: string;
  readonly outputLimit?: string;
  readonly disk?: string;
  readonly inodes?: string;
  readonly ulimit?: readonly string[];
  readonly network?: string;
  readonly isolation?: string;
  readonly allowDegraded?: boolean;
  readonly securityOpt?: readonly string[];
  readonly image?: string;
  readonly env?: readonly string[];
  readonly envFile?: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
  readonly hostname?: string;
  readonly copyIn?: readonly string[];
  readonly copyOut?: readonly string[];
  readonly volume?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly readOnly?: boolean;
  readonly tty?: boolean;
  readonly interactive?: boolean;
  readonly stdin?: string;
  readonly json?: boolean;
  readonly report?: string;
  readonly quiet?: boolean;
  readonly name?: string;
  readonly label?: readonly string[];
  readonly rm?: boolean;
  readonly color?: boolean;
}
