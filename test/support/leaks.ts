import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How much of ours there is: what must be the same after 2,000 runs as before, and nothing after close. */
export interface Footprint {
  readonly processes: number;
  readonly zombies: number;
  readonly mounts: number;
  readonly cgroups: number;
  readonly files: number;
  readonly nodeFds: number;
  readonly launcherFds: number;
}

export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
  readonly name: string;
  /** With the pid, what tells a process from a later one of the same number. */
  readonly startTime: string;
}

const OURS = /hotcell/;

/** Whatever is read here may be gone a moment later, which is then not there. */
function ifThere<Value, Otherwise>(read: () => Value, otherwise: Otherwise): Value | Otherwise {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

const list = (path: string): string[] => ifThere(() => readdirSync(path), []);
const read = (path: string): string => ifThere(() => readFileSync(path, 'utf8'), '');

function describeProcess(pid: number): ProcessInfo | undefined {
  // The name may hold spaces and parentheses; the fields begin after the last one.
  const stat = read(`/proc/${pid}/stat`);
  const close = stat.lastIndexOf(')');
  if (close === -1) return undefined;
  const [state = '', parent = '0', ...rest] = stat.slice(close + 2).split(' ');
  const name = stat.slice(stat.indexOf('(') + 1, close);
  return { pid, parent: Number(parent), state, name, startTime: rest[17] ?? '' };
}

export function allProcesses(): ProcessInfo[] {
  const pids = list('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.map((pid) => describeProcess(Number(pid))).filter((found) => found !== undefined);
}

/** All processes below this one that are the launcher or its offspring. */
export function sandboxProcesses(): ProcessInfo[] {
  const all = allProcesses();
  const launchers = all.filter(({ parent, name }) => parent === process.pid && OURS.test(name));
  const below = (pids: readonly number[]): ProcessInfo[] => {
    const found = all.filter(({ parent }) => pids.includes(parent));
    return found.length === 0 ? [] : [...found, ...below(found.map(({ pid }) => pid))];
  };
  return [...launchers, ...below(launchers.map(({ pid }) => pid))];
}

export function launcherPids(): number[] {
  return sandboxProcesses()
    .filter(({ parent }) => parent === process.pid)
    .map(({ pid }) => pid);
}

export function isAlive({ pid, startTime }: ProcessInfo): boolean {
  return describeProcess(pid)?.startTime === startTime;
}

/** The names of our cgroup directories, which other instances on the machine do not share. */
export function instanceNames(processes: readonly ProcessInfo[]): Set<string> {
  const names = processes.flatMap(({ pid }) => read(`/proc/${pid}/cgroup`).match(/hotcell-[^/\n]+/g) ?? []);
  return new Set(names);
}

/** Every cgroup directory below (and with) those of the given names, over all mounted hierarchies. */
export function cgroupDirectories(
  names: ReadonlySet<string>,
  root = '/sys/fs/cgroup',
  inside = false,
): string[] {
  const entries = ifThere(() => readdirSync(root, { withFileTypes: true }), []);
  return entries
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const path = join(root, name);
      const ours = inside || names.has(name);
      return ours ? [path, ...cgroupDirectories(names, path, true)] : cgroupDirectories(names, path);
    });
}

export function mountLines(pid: number | 'self' = 'self'): string[] {
  return read(`/proc/${pid}/mountinfo`).split('\n').filter(Boolean);
}

/** What an instance may have forgotten where temporary things are kept: whatever has its name in its own. */
/** Temporary directories of this process; see src/core/scratch.ts. */
const SCRATCH_OF_OURS = new RegExp(`^hotcell-[a-z]+-\\d+-${process.pid}-`);

export function temporaryFiles(names: ReadonlySet<string>): string[] {
  const ids = [...names].map((name) => name.replace('hotcell-', ''));
  const places = new Set([tmpdir(), '/tmp', '/run', '/run/hotcell', '/dev/shm', '/var/tmp']);
  return [...places].flatMap((place) =>
    list(place)
      .filter((entry) => ids.some((id) => entry.includes(id)) || SCRATCH_OF_OURS.test(entry))
      .map((entry) => join(place, entry)),
  );
}

export function openDescriptors(pid: number | 'self' = 'self'): number {
  return list(`/proc/${pid}/fd`).length;
}

export function residentBytes(pid: number | 'self' = 'self'): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? '0';
  return Number(kibibytes) * 1024;
}

export function footprint(): Footprint {
  const processes = sandboxProcesses();
  const launchers = launcherPids();
  const names = instanceNames(processes);
  return {
    processes: processes.length,
    zombies: processes.filter(({ state }) => state === 'Z').length,
    mounts: mountLines().length + launchers.flatMap((pid) => mountLines(pid)).length,
    cgroups: cgroupDirectories(names).length,
    files: temporaryFiles(names).length,
    nodeFds: openDescriptors(),
    launcherFds: launchers.reduce((sum, pid) => sum + openDescriptors(pid), 0),
  };
}
