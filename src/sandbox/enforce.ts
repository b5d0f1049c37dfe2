/** Which limits can be enforced where. A limit that cannot be is an error, unless the job allows it to be missing. */
import { HotcellError, invalidSpec } from '../core/index.js';
import type { Job, LimitName, Limits } from '../spec/index.js';
import { parseCpuList } from './cpus.js';
import { countsCpu, type Host, hasController, isWatched } from './host.js';
import { isCaller } from './identities.js';
import { WATCH_INTERVAL_MS } from './limits.js';

interface Need {
  readonly limit: LimitName;
  /** What an ordinary user has in the place of the controller; absent = nothing. */
  readonly instead?: (limits: Limits) => string;
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
    instead: () => 'the memory of its processes and files is added up, not what the kernel holds for it',
  },
  {
    limit: 'pids',
    isSet: (l) => l.pids !== null,
    isMet: (h) => hasController(h, 'pids'),
    what: 'pids',
    instead: () => 'RLIMIT_NPROC, for each user id of the program apart',
  },
  { limit: 'cpus', isSet: (l) => l.cpus !== null, isMet: (h) => hasController(h, 'cpu'), what: 'cpu' },
  {
    limit: 'cpuset',
    isSet: (l) => l.cpuset !== null,
    isMet: (h) => hasController(h, 'cpuset'),
    what: 'cpuset',
  },
  {
    limit: 'cpuTime',
    isSet: (l) => l.cpuTimeMs !== null,
    isMet: countsCpu,
    what: 'cpuacct',
    instead: () => 'processes that are there or were waited for',
  },
];

/** Enforced by the file system that a plain process does not get. */
const DISK: readonly LimitName[] = ['disk', 'inodes'];

const isUnmet = ({ isSet, isMet }: Need, limits: Limits, host: Host): boolean =>
  isSet(limits) && !isMet(host);

const isReplaced = ({ instead }: Need, { isRoot }: Host): boolean => !isRoot && instead !== undefined;

/** Limits that are held, but by less than a cgroup. */
function weaker(job: Job, host: Host): string[] {
  if (job.isolation !== 'full') return [];
  const found = NEEDS.filter((need) => isUnmet(need, job.limits, host) && isReplaced(need, host));
  if (found.length === 0) return [];
  const lines = found.map(({ limit, instead }) => `limits.${limit} (${instead?.(job.limits)})`);
  const how = isWatched(job, host) ? `looked at every ${WATCH_INTERVAL_MS} ms` : 'held';
  return [`without a cgroup ${how}: ${lines.join(', ')}`];
}

/** Whose ids a program has that has not some of its own. */
function sharedIds({ isolation }: Job, { identities }: Host): string[] {
  if (identities !== 'single' || isolation === 'none') return [];
  return [
    'its user id on this host is yours, and all sandboxes share it with what the kernel counts for it: you have no ids besides',
  ];
}

/** The network namespace is the border of abstract sockets too, and who listens there takes an id for a proof. */
function reachesYou(job: Job, host: Host): string[] {
  if (job.network !== 'host' || job.isolation === 'none' || !isCaller(job, host)) return [];
  return [
    'network "host" lets it speak as you to whoever listens on an abstract socket, as session buses and X servers do',
  ];
}

function checkLevel({ isolation }: Job, { isRoot, identities }: Host): void {
  if (isRoot || isolation === 'none') return;
  if (isolation === 'chroot') {
    throw new HotcellError({
      code: 'isolation-unavailable',
      message: 'isolation "chroot" needs root',
      hint: 'use isolation "namespaces" or "full", which need none, or run as root',
    });
  }
  if (identities !== 'none') return;
  throw new HotcellError({
    code: 'isolation-unavailable',
    message: `isolation "${isolation}" needs user namespaces, and this host gives you none`,
    hint: '"hotcell doctor" says how to allow them; as root it works without',
  });
}

function unenforced({ isolation, limits }: Job, host: Host): { limit: LimitName; why: string }[] {
  if (isolation === 'full') {
    return NEEDS.filter((need) => isUnmet(need, limits, host) && !isReplaced(need, host)).map(
      ({ limit, what }) => ({
        limit,
        why: `this host gives no ${what} cgroup controller`,
      }),
    );
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

/** What would hold more limits. */
const withMore = ({ isolation }: Job): string =>
  isolation === 'full' ? 'see "hotcell doctor" for what this host could have' : 'use isolation "full"';

/**
 * The lines for `isolation.degraded`: what is missing, and what is there but weaker than root would have it.
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
  checkLevel(job, host);
  const reached = reachesYou(job, host);
  const missing = [
    ...unenforced(job, host).map(({ limit, why }) => `limits.${limit} is not enforced: ${why}`),
    ...reached,
  ];
  if (missing.length === 0 || job.allowDegraded)
    return [...missing, ...weaker(job, host), ...sharedIds(job, host)];
  throw new HotcellError({
    code: 'isolation-unavailable',
    message: missing.join('; '),
    hint: `${reached.length === missing.length ? 'use network "none" or "loopback"' : `drop the limit (or set it to none), ${withMore(job)}`}, or allow it with allowDegraded (--allow-degraded)`,
  });
}
