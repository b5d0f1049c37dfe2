/** From a checked job to the launcher's flat plan. Pure: all that was read from the host comes in as arguments. */
import { HotcellError } from '../core/index.js';
import type { Operation, Space } from '../launcher/index.js';
import type {
  Capability,
  Env,
  IsolationLevel,
  Job,
  ResolvedImage,
  SystemCalls,
  Trace,
} from '../spec/index.js';
import type { Ids } from './builder.js';
import { PlanBuilder } from './builder.js';
import type { Host } from './host.js';
import { callerSpace, checkIds, withOneOwner } from './identities.js';
import { addImage, type ImageInput } from './image.js';
import { addLimits, addSampling } from './limits.js';
import { addCommonRoot } from './root.js';
import {
  describeTrace,
  keptArguments,
  seccompPolicy,
  seccompProgram,
  tracingProgram,
} from './seccomp/index.js';
import { homeOfUser } from './users.js';

/** A file that is on its way into the sandbox, read or left to the launcher to copy. */
export interface StagedFile {
  /** Absolute in the sandbox. */
  readonly path: string;
  readonly mode: number;
  readonly content: { readonly bytes: Uint8Array } | { readonly path: string };
}

export interface PlanInput extends ImageInput {
  readonly files: readonly StagedFile[];
  /** Groups of the user besides its gid. */
  readonly groups?: readonly number[] | undefined;
  /** Absolute; on the host for isolation `none`. */
  readonly workdir: string;
  /** CPUs of this host: how many can burn CPU time at once. */
  readonly cpuCount: number;
  /** How often the launcher tells what the run uses; null or absent = never. */
  readonly sampleIntervalMs?: number | null | undefined;
  /** Whether every call is let through and counted, in place of the filter of the job. */
  readonly traceSystemCalls?: boolean | undefined;
}

const NAMESPACES: readonly Space[] = [
  'user',
  'mount',
  'pid',
  'ipc',
  'uts',
  'cgroupNamespace',
  'dropPrivileges',
];

const SPACES: Readonly<Record<IsolationLevel, readonly Space[]>> = {
  full: [...NAMESPACES, 'cgroup'],
  namespaces: NAMESPACES,
  // A mount namespace only to build the root in; the program sees the host's processes and network.
  chroot: ['mount', 'dropPrivileges'],
  none: ['dropPrivileges'],
};

/** An ordinary user cannot become another one outside of a user namespace, and has nothing to drop there. */
function basicSpaces({ isolation }: Job, host: Host): Space[] {
  if (host.isRoot) return [...SPACES[isolation]];
  return isolation === 'none'
    ? []
    : SPACES[isolation].filter((space) => space !== 'cgroup' || host.cgroups.length > 0);
}

function spacesOf({ job, host, ids }: Pick<PlanInput, 'job' | 'host' | 'ids'>): Space[] {
  const spaces = basicSpaces(job, host);
  const caller = callerSpace(job, host, ids);
  if (spaces.includes('user') && caller !== null) spaces.push(caller);
  if (spaces.includes('user') && job.network !== 'host') spaces.push('network');
  if (spaces.includes('user') && job.network === 'loopback') spaces.push('loopback');
  if (job.stdin.kind !== 'empty') spaces.push('stdinPipe');
  return spaces;
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** As login(1) has it where the image knows its users; a place of one's own where nobody does. */
function homeOf(ids: Ids, workdir: string, image: ResolvedImage | null): string {
  const known = image === null ? undefined : homeOfUser(ids.uid, image.passwd);
  return known ?? (workdir === '/' || (image !== null && ids.uid === 0) ? '/root' : workdir);
}

function environment({ job, workdir, ids, image }: PlanInput): Env {
  const terminal = job.tty ? { TERM: 'xterm' } : {};
  return { PATH, HOME: homeOf(ids, workdir, image ?? null), ...terminal, ...job.env };
}

/** Numbers of capabilities(7). */
const CAPABILITY_NUMBERS: Readonly<Record<Capability, bigint>> = {
  CHOWN: 0n,
  DAC_OVERRIDE: 1n,
  FOWNER: 3n,
  FSETID: 4n,
  KILL: 5n,
  SETGID: 6n,
  SETUID: 7n,
  SETPCAP: 8n,
  NET_BIND_SERVICE: 10n,
  SYS_CHROOT: 18n,
  SETFCAP: 31n,
};

/** Only root has some, in an image of its own, and only over a user namespace of its own. */
function capabilitiesOf(input: PlanInput): readonly Capability[] {
  const { job, ids } = input;
  const own = spacesOf(input).includes('user') && job.image !== 'host';
  return own && ids.uid === 0 ? job.capabilities : [];
}

function addIdentity(plan: PlanBuilder, input: PlanInput): void {
  const { ids, groups = [] } = input;
  plan.add({ op: 'identity', ...ids });
  if (groups.length > 0) plan.add({ op: 'groups', gids: groups });
  const mask = capabilitiesOf(input).reduce((bits, name) => bits | (1n << CAPABILITY_NUMBERS[name]), 0n);
  if (mask !== 0n) plan.add({ op: 'capabilities', mask });
}

function addFiles(plan: PlanBuilder, files: readonly StagedFile[], ids: Ids): void {
  for (const { path, mode, content } of files) {
    if ('bytes' in content) plan.add({ op: 'file', path, mode, content: content.bytes, ...ids });
    else plan.add({ op: 'copy', source: plan.source(content.path, ['file']), path, mode, ...ids });
  }
}

function addRoot(plan: PlanBuilder, input: PlanInput): void {
  const { job, host, ids, files } = input;
  addImage(plan, input);
  addCommonRoot(plan, job, host, ids);
  addFiles(plan, files, ids);
  if (job.readOnlyRoot) plan.add({ op: 'readonly', path: '/' });
  plan.add({ op: 'enter' });
}

const policyOf = (input: PlanInput) =>
  seccompPolicy(input.job.seccomp, input.host.arch, capabilitiesOf(input));

function addTracing(plan: PlanBuilder, input: PlanInput): void {
  const { job, host } = input;
  if (job.isolation !== 'full') {
    const message = `tracing system calls needs isolation "full", not "${job.isolation}"`;
    throw new HotcellError({ code: 'invalid-usage', message });
  }
  plan.add({ op: 'seccomp', program: tracingProgram(host.arch) });
  plan.add({ op: 'trace', kept: keptArguments(policyOf(input), host.arch) });
}

function addFilter(plan: PlanBuilder, input: PlanInput): void {
  const { job, host } = input;
  const filter =
    job.isolation === 'full' ? seccompProgram(job.seccomp, host.arch, capabilitiesOf(input)) : null;
  if (filter !== null) plan.add({ op: 'seccomp', program: filter });
}

/** What was traced of a run of this plan, held against the policy of its job. */
export const systemCallsOf = (trace: Trace, input: PlanInput): SystemCalls =>
  describeTrace(trace, policyOf(input), input.host.arch);

/** Absolute paths of what is copied out. */
export const outputPath = (output: string, workdir: string): string =>
  output.startsWith('/') ? output : `${workdir === '/' ? '' : workdir}/${output}`;

export function planRun(input: PlanInput): Operation[] {
  const { job, host, workdir } = input;
  const plan = new PlanBuilder();
  checkIds(input);
  plan.add({ op: 'sandbox', spaces: spacesOf(input) });
  if (host.isRoot || job.isolation !== 'none') addIdentity(plan, input);
  addLimits(plan, job, input);
  addSampling(plan, input.sampleIntervalMs ?? null);
  if (job.tty) plan.add({ op: 'tty', ...job.tty });
  for (const output of job.outputs) plan.add({ op: 'output', value: outputPath(output, workdir) });
  if (job.isolation !== 'none') addRoot(plan, input);
  if (job.isolation === 'full' || job.isolation === 'namespaces')
    plan.add({ op: 'hostname', value: job.hostname });
  if (input.traceSystemCalls) addTracing(plan, input);
  else addFilter(plan, input);
  plan.add({ op: 'workdir', value: workdir });
  for (const [name, value] of Object.entries(environment(input))) {
    plan.add({ op: 'env', value: `${name}=${value}` });
  }
  for (const argument of job.command) plan.add({ op: 'arg', value: argument });
  return host.identities === 'single' ? withOneOwner(plan.operations, input.ids) : plan.operations;
}
