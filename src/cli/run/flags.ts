import { Flag } from '../flag.js';
import { limitFlags } from './limit-flags.js';

const ISOLATION = 'Isolation:';
const SURROUNDINGS = 'What the program sees:';
const FILES = 'Files:';
const STREAMS = 'Input, output and result:';

/** Those of `src/spec`, which help and completion need not load; a test compares the two. */
const CAPABILITIES = [
  ...['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP'],
  ...['NET_BIND_SERVICE', 'SYS_CHROOT', 'SETFCAP'],
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
    flags: '--cap-drop <capability>',
    description: 'take it from root inside, or ALL; others never have any *',
    group: ISOLATION,
    repeatable: true,
    completes: ['ALL', ...CAPABILITIES],
    jobPath: 'capDrop',
  }),
  new Flag({
    flags: '--cap-add <capability>',
    description: 'leave it with root all the same *',
    group: ISOLATION,
    repeatable: true,
    completes: CAPABILITIES,
    jobPath: 'capAdd',
  }),
  new Flag({
    flags: '--seccomp <policy>',
    description: "default, strict, unconfined, or a file in docker's profile format (default: default)",
    group: ISOLATION,
    completes: ['default', 'strict', 'unconfined'],
    jobPath: 'seccomp',
  }),
  new Flag({
    flags: '--seccomp-trace <file>',
    description: 'list the system calls it makes, and write a policy that allows them; "-": only list',
    group: ISOLATION,
    completes: 'file',
  }),
  new Flag({
    flags: '--security-opt <option>',
    description: "docker's way to say it: seccomp=FILE or seccomp=unconfined *",
    group: ISOLATION,
    repeatable: true,
    completes: ['seccomp=unconfined', 'seccomp=default', 'seccomp=strict'],
  }),
];

const surroundings = (): Flag[] => [
  new Flag({
    flags: '--image <image>',
    description: 'its files: host, a view of this one, dir:PATH, or NAME[:TAG] (default: host)',
    group: SURROUNDINGS,
    completes: 'image',
    jobPath: 'image',
  }),
  new Flag({
    flags: '--pull <when>',
    description: 'fetch the image first: missing, always or never (default: never)',
    group: SURROUNDINGS,
    completes: ['missing', 'always', 'never'],
  }),
  new Flag({
    flags: '--entrypoint <program>',
    description: "instead of the image's; COMMAND is what follows it",
    group: SURROUNDINGS,
    jobPath: 'entrypoint',
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
    description: "directory it starts in (default: the image's, or /box)",
    group: SURROUNDINGS,
    jobPath: 'workdir',
  }),
  new Flag({
    flags: '-u, --user <user[:group]>',
    description: "user inside, by number or name (default: the image's, or 1000:1000)",
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
    flags: '--stop-signal <signal>',
    description: "what SIGTERM asks the program to end with (default: the image's)",
    group: STREAMS,
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
  ...limitFlags(),
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
  readonly capDrop?: readonly string[];
  readonly capAdd?: readonly string[];
  readonly seccomp?: string;
  readonly seccompTrace?: string;
  readonly securityOpt?: readonly string[];
  readonly image?: string;
  readonly pull?: string;
  readonly entrypoint?: string;
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
  readonly stopSignal?: string;
  readonly quiet?: boolean;
  readonly name?: string;
  readonly label?: readonly string[];
  readonly rm?: boolean;
  readonly color?: boolean;
}
