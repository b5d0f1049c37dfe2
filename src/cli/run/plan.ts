import { posix, resolve } from 'node:path';
import { quote } from '../../core/index.js';
import {
  type CheckedJob,
  type HostEnv,
  ISOLATION_LEVELS,
  imageKind,
  type JobInput,
  type Limits,
  NETWORKS,
  parseEnvEntry,
  parseJob,
  parseTmpfs,
  parseVolume,
  type ResolvedImage,
} from '../../spec/index.js';
import { PULL_POLICIES, type PullPolicy } from '../obtain-image.js';
import { type CopyIn, type CopyOut, parseCopyIn, parseCopyOut } from './copy.js';
import type { RunFlags } from './flags.js';
import { inTermsOfFlags } from './job-problems.js';
import { parseLabels } from './labels.js';
import { planLimits } from './limits.js';
import { missingCommand } from './missing-command.js';
import { type HostProgram, planProgram, programWord } from './program.js';
import { planSeccomp } from './seccomp.js';
import { planStopSignal } from './stop-signal.js';
import { oneOf, parsed, usageError } from './values.js';

/** What a run needs, as far as it can be known without looking at any file. */
export interface RunPlan {
  /** Checked, and complete but for what the host's files below add to it. */
  readonly job: JobInput;
  readonly limits: Limits;
  readonly image: CheckedJob['image'];
  readonly pull: PullPolicy;
  readonly workdir: string;
  readonly envFiles: readonly string[];
  readonly copyIns: readonly CopyIn[];
  readonly copyOuts: readonly CopyOut[];
  readonly program: HostProgram | null;
  /** What SIGTERM asks the program to end with; null: it ends it. */
  readonly stopSignal: NodeJS.Signals | null;
  readonly tty: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly reportPath: string | null;
  /** Where the policy for its system calls goes; "-": nowhere, and null: they are not traced. */
  readonly tracePath: string | null;
  /** Null for a run that leaves nothing behind; with `removes` nothing stays beyond its end. */
  readonly keep: { readonly name: string; readonly removes: boolean } | null;
}

/** What relative paths and `-e NAME` refer to. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: HostEnv;
  /** What was written after `hotcell`, for messages. */
  readonly argv?: readonly string[] | undefined;
}

/** `-` is standard input, which is passed on anyway. */
const isFile = (path: string | undefined): path is string => path !== undefined && path !== '-';

function refuseContradictions(flags: RunFlags): void {
  if (flags.tty && flags.json) throw usageError('--tty and --json exclude each other; use --report FILE');
  if (flags.tty && isFile(flags.stdin)) throw usageError('--tty and --stdin exclude each other');
  const { cpuset, cpusetCpus } = flags;
  if (cpuset !== undefined && cpusetCpus !== undefined && cpuset !== cpusetCpus) {
    throw usageError('--cpuset and --cpuset-cpus are the same flag; give one of them');
  }
  for (const flag of ['stdin', 'report', 'seccomp'] as const) {
    if (flags[flag] === '') throw usageError(`--${flag}: "" is not a file`);
  }
  if (flags.seccompTrace === '') throw usageError('--seccomp-trace: "" is not a file');
  if (flags.report === '-') {
    throw usageError('--report: "-" is not a file; --json prints the outcome (a file of that name is "./-")');
  }
  if (flags.envFile?.includes('')) throw usageError('--env-file: "" is not a file');
}

function planEnv(texts: readonly string[], host: HostEnv): Record<string, string> {
  const entries = texts.map((text) => parsed('--env', text, (entry) => parseEnvEntry(entry, host)));
  return Object.fromEntries(entries.filter((entry) => entry !== undefined));
}

function planMounts(texts: readonly string[], cwd: string) {
  return texts.map((text) => {
    const mount = parsed('--volume', text, parseVolume);
    return { ...mount, source: resolve(cwd, mount.source) };
  });
}

function planTmpfs(texts: readonly string[]) {
  return texts.map((text) => {
    const { target, sizeBytes, mode } = parsed('--tmpfs', text, parseTmpfs);
    return { target, mode, ...(sizeBytes !== null && { size: sizeBytes }) };
  });
}

/** docker's and podman's, which give a network of their own a way out. */
const OTHER_NETWORKS = ['bridge', 'nat', 'pasta', 'slirp4netns', 'private', 'overlay', 'macvlan'];

function planNetwork(word: string): (typeof NETWORKS)[number] {
  if (OTHER_NETWORKS.includes(word) || /^(container|ns|service):/.test(word)) {
    throw usageError(`--network: there is no ${quote(word)} here; use none, loopback or host`);
  }
  return oneOf('--network', word, NETWORKS);
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what was not given, so that the defaults are the spec's and stand in one place. */
function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}

const maybe = <T>(text: string | undefined, parse: (text: string) => T): T | undefined =>
  text === undefined ? undefined : parse(text);

/** docker's rule in an image that has an entrypoint; elsewhere the two are one list. */
function planArgv(
  { image = 'host', entrypoint }: RunFlags,
  command: readonly string[],
): Pick<JobInput, 'entrypoint' | 'command' | 'args'> {
  const first = entrypoint === undefined || entrypoint === '' ? [] : [entrypoint];
  if (imageKind(image).kind !== 'store') return { command: [...first, ...command] };
  if (entrypoint !== undefined) return { entrypoint: first, args: [...command] };
  return command.length === 0 ? {} : { command: [...command] };
}

function planJob(flags: RunFlags, command: readonly string[], { cwd, env }: Surroundings): JobInput {
  return {
    ...planArgv(flags, command),
    limits: planLimits(flags),
    env: planEnv(flags.env ?? [], env),
    stdin: isFile(flags.stdin) ? { path: resolve(cwd, flags.stdin) } : { stream: true },
    mounts: planMounts(flags.volume ?? [], cwd),
    tmpfs: planTmpfs(flags.tmpfs ?? []),
    labels: parseLabels(flags.label ?? []),
    outputs: (flags.copyOut ?? []).map((text) => parseCopyOut(text, cwd).path),
    ...given({
      name: flags.name,
      image: flags.image,
      workdir: flags.workdir,
      user: flags.user,
      hostname: flags.hostname,
      network: maybe(flags.network, planNetwork),
      isolation: maybe(flags.isolation, (word) => oneOf('--isolation', word, ISOLATION_LEVELS)),
      capAdd: flags.capAdd && [...flags.capAdd],
      capDrop: flags.capDrop && [...flags.capDrop],
      seccomp: planSeccomp(flags, cwd),
      readOnlyRoot: flags.readOnly,
      allowDegraded: flags.allowDegraded,
    }),
  };
}

/** Paths inside that the flags fill, absolute: a COMMAND in one of them is not the host's. */
function filledPaths(job: JobInput, copyIns: readonly CopyIn[], workdir: string): string[] {
  return [
    ...(job.mounts ?? []).map((mount) => posix.normalize(mount.target)),
    ...(job.tmpfs ?? []).map((mount) => posix.normalize(mount.target)),
    ...copyIns.map((copy) => posix.resolve(workdir, copy.dest)),
  ];
}

/** An image of the store may say what is run; in others the command line has to. */
function checkCommand({ image = 'host', command = [] }: JobInput, argv: Surroundings['argv']): void {
  if (imageKind(image).kind === 'store') return;
  if (command.length === 0) throw missingCommand(argv);
  if (command[0] === '') throw usageError('COMMAND: "" names no program');
}

const WORKDIR = '/box';

/**
 * Flags and command to a plan: pure, no file is looked at.
 *
 * @param found the image, if it is one of the store; before it is known what depends on it is left out
 * @throws HotcellError `invalid-usage`, one line per problem
 */
export function planRun(
  flags: RunFlags,
  command: readonly string[],
  place: Surroundings,
  found: ResolvedImage | null = null,
): RunPlan {
  const job = planJob(flags, command, place);
  checkCommand(job, place.argv);
  refuseContradictions(flags);
  const copyIns = (flags.copyIn ?? []).map((text) => parseCopyIn(text, place.cwd));
  const checked = inTermsOfFlags(() => parseJob(job, { baseDir: place.cwd }));
  const { image, isolation } = checked;
  const workdir = checked.workdir ?? found?.config.workdir ?? WORKDIR;
  const program = programWord(checked, found);
  const filled = filledPaths(job, copyIns, workdir);
  return {
    job,
    limits: checked.limits,
    image,
    pull: maybe(flags.pull, (word) => oneOf('--pull', word, PULL_POLICIES)) ?? 'never',
    workdir,
    envFiles: (flags.envFile ?? []).map((path) => resolve(place.cwd, path)),
    copyIns,
    copyOuts: (flags.copyOut ?? []).map((text) => parseCopyOut(text, place.cwd)),
    program:
      maybe(program, (word) => planProgram(word, { cwd: place.cwd, image, isolation, workdir, filled })) ??
      null,
    stopSignal: planStopSignal(flags.stopSignal, found?.config.stopSignal ?? null),
    tty: flags.tty ?? false,
    json: flags.json ?? false,
    quiet: flags.quiet ?? false,
    keep: flags.name === undefined ? null : { name: flags.name, removes: flags.rm ?? false },
    tracePath: maybe(flags.seccompTrace, (path) => (path === '-' ? path : resolve(place.cwd, path))) ?? null,
    reportPath: maybe(flags.report, (path) => resolve(place.cwd, path)) ?? null,
  };
}
