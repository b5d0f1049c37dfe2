/** What this host is like, read once: the cgroups it gives and the parts of it that the `host` image shows. */
import { accessSync, constants, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { CgroupParent, Controller, Identities, UserNamespace } from '../launcher/index.js';
import type { Job, Tier } from '../spec/index.js';
import { ownV2Groups, planCgroups, v2Controllers, v2Mount } from './cgroups.js';
import { ownIds } from './subordinate-ids.js';

/** A path of the host that the `host` image shows: bound read-only, or made again as the symlink that it is. */
export interface HostEntry {
  readonly path: string;
  readonly kind: 'directory' | 'file' | 'symlink';
  readonly target: string | null;
}

export interface Host {
  readonly isRoot: boolean;
  /** Which ids programs can have: all for root; else what the launcher got, or will get if this host keeps its word. */
  readonly identities: Identities;
  /** What the launcher of an ordinary user enters; null for root. */
  readonly userNamespace: UserNamespace | null;
  readonly cgroups: readonly CgroupParent[];
  readonly tier: Tier;
  readonly entries: readonly HostEntry[];
  readonly arch: 'x86_64' | 'aarch64';
  /** The CPUs that we may use, in the kernel's list format. */
  readonly cpus: string;
}

/** Programs and libraries, and of /etc only what they need to start: nothing that says who uses this host or how. */
const SHOWN = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/etc/alternatives',
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/localtime',
  '/etc/mime.types',
  '/etc/ssl/certs',
  '/etc/ssl/openssl.cnf',
  '/etc/ca-certificates.conf',
];

function entryAt(path: string): HostEntry[] {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink()) return [{ path, kind: 'symlink', target: readlinkSync(path) }];
  if (stat?.isDirectory()) return [{ path, kind: 'directory', target: null }];
  return stat?.isFile() ? [{ path, kind: 'file', target: null }] : [];
}

/** Java keeps its configuration in /etc, and its home is full of links to there. */
function javaConfigs(): string[] {
  return readdirSync('/etc')
    .filter((name) => /^java-\d+-openjdk$/.test(name))
    .map((name) => `/etc/${name}`);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function readCgroups(): CgroupParent[] {
  const mountinfo = readFileSync('/proc/self/mountinfo', 'utf8');
  const unified = v2Mount(mountinfo);
  const controllers = unified === null ? '' : readIfThere(`${unified}/cgroup.controllers`);
  return planCgroups(mountinfo, readIfThere('/proc/self/cgroup'), controllers);
}

/** What must be writable for the owner of a group to use it; see cgroups(7), "Delegation". */
const DELEGATED = ['', '/cgroup.procs', '/cgroup.subtree_control'];

function isDelegated(path: string): boolean {
  try {
    for (const file of DELEGATED) accessSync(`${path}${file}`, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The group that an ordinary user may make ours in: the nearest that is delegated and has no process of its own, for one
 * that has cannot give controllers to those beneath it. Without memory it would leave the most important limit out, and then
 * all of them are watched alike.
 */
function readDelegated(): CgroupParent[] {
  const mountinfo = readFileSync('/proc/self/mountinfo', 'utf8');
  const groups = ownV2Groups(mountinfo, readIfThere('/proc/self/cgroup'));
  const path = groups.find((group) => isDelegated(group) && readIfThere(`${group}/cgroup.procs`) === '');
  if (path === undefined) return [];
  const controllers = v2Controllers(readIfThere(`${path}/cgroup.controllers`));
  return controllers.includes('memory') ? [{ version: 2, path, controllers }] : [];
}

/**
 * T0 root with cgroup v2, T1 root with v1 or both, T2 an ordinary user with a delegated v2 group, T3 without cgroups; see
 * docs/architecture.md.
 */
export function tierOf(isRoot: boolean, cgroups: readonly CgroupParent[]): Tier {
  const memory = cgroups.find(({ controllers }) => controllers.includes('memory'));
  if (memory === undefined) return 'T3';
  if (!isRoot) return memory.version === 2 ? 'T2' : 'T3';
  return memory.version === 2 ? 'T0' : 'T1';
}

export function readHost(): Host {
  const isRoot = process.geteuid?.() === 0;
  const cgroups = isRoot ? readCgroups() : readDelegated();
  const namespace = isRoot ? null : ownIds().namespace;
  return {
    isRoot,
    identities: isRoot ? 'host' : namespace?.subordinate ? 'ranges' : 'single',
    userNamespace: namespace,
    cgroups,
    tier: tierOf(isRoot, cgroups),
    entries: [...SHOWN, ...javaConfigs()].flatMap(entryAt),
    cpus: /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0',
    arch: process.arch === 'arm64' ? 'aarch64' : 'x86_64',
  };
}

/** What is true once a launcher has tried. */
export function hostAsTried(host: Host, identities: Identities): Host {
  return { ...host, identities, tier: identities === 'none' ? 'T4' : host.tier };
}

/** Whether nothing counts or limits what a run uses, so that somebody has to look. */
export const isWatched = ({ isolation }: Pick<Job, 'isolation'>, host: Host): boolean =>
  isolation === 'full' && !host.isRoot && host.cgroups.length === 0;

export function hasController(host: Host, controller: Controller): boolean {
  return host.cgroups.some(({ controllers }) => controllers.includes(controller));
}

/** Whether CPU time of the whole tree is counted: by cpuacct on v1, by any group on v2. */
export function countsCpu(host: Host): boolean {
  return hasController(host, 'cpuacct') || host.cgroups.some(({ version }) => version === 2);
}
