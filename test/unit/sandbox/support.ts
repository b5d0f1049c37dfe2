import { HotcellError } from '../../../src/core/index.js';
import type { Host } from '../../../src/sandbox/host.js';
import type { Operation } from '../../../src/sandbox/index.js';
import { type PlanInput, planRun } from '../../../src/sandbox/plan.js';
import { type Job, parseJob, settleJob } from '../../../src/spec/index.js';

export const jobWith = (part: Record<string, unknown> = {}): Job =>
  settleJob(parseJob({ command: ['./program'], ...part }), null);

/** A host like a merged-usr Debian with every v1 controller. */
export const HOST: Host = {
  isRoot: true,
  identities: 'host',
  userNamespace: null,
  cgroups: [
    { version: 1, path: '/sys/fs/cgroup/memory', controllers: ['memory'] },
    { version: 1, path: '/sys/fs/cgroup/cpu,cpuacct', controllers: ['cpu', 'cpuacct'] },
    { version: 1, path: '/sys/fs/cgroup/cpuset', controllers: ['cpuset'] },
    { version: 1, path: '/sys/fs/cgroup/pids', controllers: ['pids'] },
  ],
  tier: 'T1',
  entries: [
    { path: '/usr', kind: 'directory', target: null },
    { path: '/bin', kind: 'symlink', target: 'usr/bin' },
    { path: '/etc/ld.so.cache', kind: 'file', target: null },
  ],
  arch: 'x86_64',
  cpus: '0-3',
};

export function planFor(part: Record<string, unknown> = {}, rest: Partial<PlanInput> = {}): Operation[] {
  const job = jobWith(part);
  const ids = job.user !== null && 'uid' in job.user ? job.user : { uid: 1000, gid: 1000 };
  return planRun({ job, host: HOST, ids, files: [], workdir: job.workdir, cpuCount: 4, ...rest });
}

/** Some shapes serve several operations, so this asks whether the name is among theirs. */
type Of<Name extends Operation['op'], Any = Operation> = Any extends { readonly op: infer Names }
  ? Name extends Names
    ? Any & { readonly op: Name }
    : never
  : never;

/** The operations of one kind, in order. */
export function all<Name extends Operation['op']>(plan: readonly Operation[], name: Name): Of<Name>[] {
  return plan.filter((operation): operation is Of<Name> & Operation => operation.op === name);
}

/** Where in the plan the operation with this path is; fails the test when it is not there. */
export function indexOf(plan: readonly Operation[], op: Operation['op'], path?: string): number {
  const index = plan.findIndex(
    (given) => given.op === op && (path === undefined || ('path' in given && given.path === path)),
  );
  if (index === -1)
    throw new Error(`no ${op} ${path ?? ''} in ${JSON.stringify(plan.map((given) => given.op))}`);
  return index;
}

/** Code and message of the HotcellError that `action` throws. */
export function errorOf(action: () => unknown): { code: string; message: string } {
  try {
    action();
  } catch (error) {
    if (error instanceof HotcellError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('it did not throw');
}
