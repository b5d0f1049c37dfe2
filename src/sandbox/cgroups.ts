/** Which control groups this host gives us, from /proc/self/mountinfo and /proc/self/cgroup. Pure; see cgroups(7). */
import type { CgroupParent, Controller } from '../launcher/index.js';

/** v1 names; a controller of another name is of no use to us. */
const CONTROLLERS: readonly Controller[] = ['memory', 'cpu', 'cpuacct', 'cpuset', 'pids', 'blkio'];

/** What v2 calls the same things. CPU time is counted by every v2 group, with or without a controller. */
const V2_NAMES: Readonly<Record<string, Controller>> = {
  memory: 'memory',
  cpu: 'cpu',
  cpuset: 'cpuset',
  pids: 'pids',
  io: 'blkio',
};

interface CgroupMount {
  readonly version: 1 | 2;
  /** The directory of the hierarchy that is seen at `path`. */
  readonly root: string;
  readonly path: string;
  readonly options: readonly string[];
}

/** mountinfo writes blanks, tabs, newlines and backslashes as three octal digits; see proc(5). */
const unescapePath = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** The cgroup mounts, the topmost last where several lie on one path. */
export function parseCgroupMounts(mountinfo: string): CgroupMount[] {
  return mountinfo.split('\n').flatMap((line): CgroupMount[] => {
    const [before = '', after = ''] = line.split(' - ');
    const fields = before.split(' ');
    const [type, , options = ''] = after.split(' ');
    const [root, path] = [fields[3], fields[4]];
    if ((type !== 'cgroup' && type !== 'cgroup2') || root === undefined || path === undefined) return [];
    const version = type === 'cgroup' ? 1 : 2;
    return [{ version, root: unescapePath(root), path: unescapePath(path), options: options.split(',') }];
  });
}

/** Our own group in each hierarchy: by v1 controller (or `name=…`), and "" for v2. */
export function parseOwnCgroups(text: string): ReadonlyMap<string, string> {
  const own = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, names, ...path] = line.split(':');
    if (names === undefined) continue;
    for (const name of names.split(',')) own.set(name, path.join(':'));
  }
  return own;
}

/** The path of a group as seen through a mount, or null when it lies outside what is mounted. */
export function seenThrough(
  { root, path }: Pick<CgroupMount, 'root' | 'path'>,
  group: string,
): string | null {
  if (group === root || root === '/') return join(path, root === '/' ? group : '/');
  return group.startsWith(`${root}/`) ? join(path, group.slice(root.length)) : null;
}

const join = (path: string, below: string): string => (below === '/' ? path : `${path}${below}`);

function v1Parents(mounts: readonly CgroupMount[], own: ReadonlyMap<string, string>): CgroupParent[] {
  return mounts.flatMap((mount): CgroupParent[] => {
    const controllers = CONTROLLERS.filter((name) => mount.options.includes(name));
    const group = controllers[0] === undefined ? undefined : own.get(controllers[0]);
    const path = group === undefined ? null : (seenThrough(mount, group) ?? mount.path);
    return path === null ? [] : [{ version: 1, path, controllers }];
  });
}

/**
 * Where our cgroups go. On v1 beneath our own group in each hierarchy. On v2 directly beneath the mount: a group with
 * processes in it may not enable controllers for its children (the "no internal processes" rule), and ours has us in it.
 *
 * @param controllers cgroup.controllers of the v2 mount, "" if there is none
 */
export function planCgroups(mountinfo: string, ownCgroups: string, controllers: string): CgroupParent[] {
  const mounts = parseCgroupMounts(mountinfo);
  const v1 = v1Parents(
    mounts.filter(({ version }) => version === 1),
    parseOwnCgroups(ownCgroups),
  );
  const taken = new Set(v1.flatMap((parent) => parent.controllers));
  const v2 = mounts.findLast(({ version }) => version === 2);
  const offered = v2Controllers(controllers).filter((name) => !taken.has(name));
  if (v2 === undefined || offered.length === 0) return v1;
  return [...v1, { version: 2, path: v2.path, controllers: offered }];
}

/**
 * Our own v2 group and those above it, the nearest first, as paths; [] when there is no v2 mount. One of them is an ordinary
 * user's to make groups in, if it was delegated: only between groups beneath it may processes be moved.
 */
export function ownV2Groups(mountinfo: string, ownCgroups: string): string[] {
  const mount = parseCgroupMounts(mountinfo).findLast(({ version }) => version === 2);
  const own = parseOwnCgroups(ownCgroups).get('');
  const path = mount === undefined || own === undefined ? null : seenThrough(mount, own);
  if (mount === undefined || path === null) return [];
  const groups = [path];
  for (let at = path; at !== mount.path && at.includes('/'); ) {
    at = at.slice(0, at.lastIndexOf('/'));
    groups.push(at);
  }
  return groups;
}

/** By cgroup.controllers of a v2 group. */
export function v2Controllers(text: string): Controller[] {
  return text.split(/\s+/).flatMap((name) => V2_NAMES[name] ?? []);
}

/** The v2 mount whose cgroup.controllers is asked for, if there is one. */
export function v2Mount(mountinfo: string): string | null {
  return parseCgroupMounts(mountinfo).findLast(({ version }) => version === 2)?.path ?? null;
}
