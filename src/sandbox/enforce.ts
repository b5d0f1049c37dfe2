/** Which limits can be enforced where. A limit that cannot be is an error, unless the job allows it to be missing. */
import { HotcellError, invalidSpec } from '../core/index.js';
import type { Job, LimitName, Limits } from '../spec/index.js';
import { parseCpuList } from './cpus.js';
import { countsCpu, type Host, hasController } from './host.js';

interface Need {
  readonly limit: LimitName;
  readonly isSet: (limits: Limits) => boolean;
  readonly isMet: (host: Host) => boolean;
  readonly what: string;
}

const NEEDS: readonly Need[] = [
  {
    limit: 'memory',
    isSet: (l) => l.memoryBytes !== null,
    isMet: (h) => hasController(h, 'memory'),
    what: 'memory',
  },
  { limit: 'pids', isSet: (l) => l.pids !== null, isMet: (h) => hasController(h, 'pids'), what: 'pids' },
  { limit: 'cpus', isSet: (l) => l.cpus !== null, isMet: (h) => hasController(h, 'cpu'), what: 'cpu' },
  {
    limit: 'cpuset',
    isSet: (l) => l.cpuset !== null,
    isMet: (h) => hasController(h, 'cpuset'),
    what: 'cpuset',
  },
  { limit: 'cpuTime', isSet: (l) => l.cpuTimeMs !== null, isMet: countsCpu, what: 'cpuacct' },
];

/** Enforced by the file system that a plain process does not get. */
const DISK: readonly LimitName[] = ['disk', 'inodes'];

function unenforced({ isolation, limits }: Job, host: Host): { limit: LimitName; why: string }[] {
  if (isolation === 'full') {
    return NEEDS.filter(({ isSet, isMet }) => isSet(limits) && !isMet(host)).map(({ limit, what }) => ({
      limit,
      why: `this host gives no ${what} cgroup controller`,
    }));
  }
  const why = `isolation "${isolation}" has no cgroup`;
  // Without a cgroup CPU time is still watched, by the clock of the main process and what it has waited for.
  const cgroup = NEEDS.filter(({ limit }) => limit !== 'cpuTime' && limits.explicit.includes(limit));
  const disk = isolation === 'none' ? DISK.filter((limit) => limits.explicit.includes(limit)) : [];
  return [
    ...cgroup.map(({ limit }) => ({ limit, why })),
    ...disk.map((limit) => ({ limit, why: 'isolation "none" has no file system of its own' })),
  ];
}

/** What a plain process cannot be given, and would be refused rather than silently ignored. */
function impossible(job: Job): string | null {
  if (job.isolation !== 'none') return null;
  if (job.image !== 'host') return 'image';
  if (job.mounts.length > 0) return 'mounts';
  if (job.tmpfs.length > 0) return 'tmpfs';
  // They would overwrite the host's, and stay.
  if (job.files.some(({ dest }) => dest.startsWith('/'))) return 'files with an absolute path';
  return job.readOnlyRoot ? 'readOnlyRoot' : null;
}

function checkCpuset({ limits }: Job, host: Host): void {
  const have = parseCpuList(host.cpus);
  const lacking =
    limits.cpuset === null ? [] : parseCpuList(limits.cpuset).filter((cpu) => !have.includes(cpu));
  if (lacking.length === 0) return;
  throw invalidSpec(`limits.cpuset: this host has no CPU ${lacking[0]}; use CPUs of ${host.cpus}`);
}

/**
 * The lines for `isolation.degraded`.
 *
 * @throws HotcellError `isolation-unavailable` when a limit cannot be enforced and the job does not allow that,
 *   `invalid-spec` when the level contradicts the rest of the job.
 */
export function checkEnforceable(job: Job, host: Host): string[] {
  const contradiction = impossible(job);
  if (contradiction !== null) {
    throw new HotcellError({
      code: 'invalid-spec',
      message: `${contradiction}: isolation "none" runs on the host's own file system; use "chroot" or more`,
    });
  }
  checkCpuset(job, host);
  if (!host.isRoot && job.isolation !== 'none') {
    throw new HotcellError({
      code: 'isolation-unavailable',
      message: `isolation "${job.isolation}" needs root here`,
      hint: 'run as root; "hotcell doctor" shows what is missing',
    });
  }
  const missing = unenforced(job, host).map(({ limit, why }) => `limits.${limit} is not enforced: ${why}`);
  if (missing.length === 0 || job.allowDegraded) return missing;
  throw new HotcellError({
    code: 'isolation-unavailable',
    message: missing.join('; '),
    hint: 'drop the limit (or set it to none), use isolation "full", or allow it with allowDegraded (--allow-degraded)',
  });
}
