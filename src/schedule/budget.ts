/** What this machine can give to tasks that run at a time: as much as is free, also where a container limits us. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Budget } from './task.js';

/** A kernel file's text; null where there is none. */
export type ReadText = (path: string) => string | null;

export interface BudgetFacts {
  readonly cpus: number;
  readonly read: ReadText;
}

/** As many as the launcher has slots; more would only wait there. */
const MAX_TASKS = 64;
/** Of what is free: the rest is for us and for everybody else. */
const MEMORY_SHARE = 0.8;
/** Where nothing tells how much is free. */
const UNKNOWN_MEMORY_BYTES = 2 ** 30;
const MIB = 2 ** 20;

const readText: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

function numberIn(text: string | null): number | null {
  const found = /^\d+/.exec(text ?? '')?.[0];
  return found === undefined ? null : Number(found);
}

/** The group and all those that it lies in, each of which may have a limit: "/a/b" gives "/a/b", "/a", "". */
function upwards(group: string): string[] {
  const parts = group.split('/').filter((part) => part !== '');
  return Array.from({ length: parts.length + 1 }, (_, left) => ['', ...parts].slice(0, left + 1).join('/'));
}

/** Group of ours in the hierarchy of this name, "" for v2; see cgroups(7). */
function ownGroup(cgroups: string, name: string): string | null {
  const lines = cgroups.split('\n').map((line) => line.split(':'));
  const line = lines.find(([, names = '-']) => names.split(',').includes(name));
  return line === undefined ? null : line.slice(2).join(':');
}

interface Hierarchy {
  /** Where it is mounted, by the convention that systemd and all container engines keep to. */
  readonly mounts: readonly string[];
  readonly name: string;
}

const MEMORY_V1: Hierarchy = { mounts: ['/sys/fs/cgroup/memory'], name: 'memory' };
const CPU_V1: Hierarchy = { mounts: ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpu,cpuacct'], name: 'cpu' };
const V2: Hierarchy = { mounts: ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'], name: '' };

/**
 * The directories that may limit us. In a container the path that we are told may be the host's, and the mount may show our
 * own group as its root: what is not there does not limit, and the mount itself is always among them.
 */
function groupDirs(read: ReadText, { mounts, name }: Hierarchy): string[] {
  const group = ownGroup(read('/proc/self/cgroup') ?? '', name);
  return group === null ? [] : mounts.flatMap((mount) => upwards(group).map((path) => `${mount}${path}`));
}

const least = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
};

/** Bytes that are free below the limit of the group; what is only cache counts as free. */
function freeInGroup(read: ReadText, dir: string, files: { limit: string; usage: string; cache: RegExp }) {
  const limit = numberIn(read(`${dir}/${files.limit}`));
  const usage = numberIn(read(`${dir}/${files.usage}`));
  if (limit === null || usage === null) return null;
  const cache = Number(files.cache.exec(read(`${dir}/memory.stat`) ?? '')?.[1] ?? 0);
  return Math.max(0, limit - Math.max(0, usage - cache));
}

const V1_FILES = {
  limit: 'memory.limit_in_bytes',
  usage: 'memory.usage_in_bytes',
  cache: /^total_inactive_file (\d+)/m,
};
const V2_FILES = { limit: 'memory.max', usage: 'memory.current', cache: /^inactive_file (\d+)/m };

function freeBytes(read: ReadText): number | null {
  const available = /^MemAvailable:\s*(\d+) kB/m.exec(read('/proc/meminfo') ?? '')?.[1];
  return least([
    available === undefined ? null : Number(available) * 1024,
    ...groupDirs(read, MEMORY_V1).map((dir) => freeInGroup(read, dir, V1_FILES)),
    ...groupDirs(read, V2).map((dir) => freeInGroup(read, dir, V2_FILES)),
  ]);
}

function quota(text: string | null, period: string | null): number | null {
  const [time, per] = [numberIn(text), numberIn(period)];
  return time === null || per === null || per === 0 ? null : time / per;
}

/** CPUs that the limits of our groups come to; null when nothing limits us. */
function quotaCpus(read: ReadText): number | null {
  const v1 = groupDirs(read, CPU_V1).map((dir) =>
    quota(read(`${dir}/cpu.cfs_quota_us`), read(`${dir}/cpu.cfs_period_us`)),
  );
  const v2 = groupDirs(read, V2).map((dir) => {
    const [time = '', period = ''] = (read(`${dir}/cpu.max`) ?? '').split(' ');
    return quota(time, period);
  });
  return least([...v1, ...v2]);
}

/** CPUs: ours, at least one. Memory: 80 % of what is free, at least 64 MiB. */
export function budgetOf({ cpus, read }: BudgetFacts): Budget {
  const allowed = Math.min(cpus, quotaCpus(read) ?? cpus);
  const memory = Math.floor((freeBytes(read) ?? UNKNOWN_MEMORY_BYTES) * MEMORY_SHARE);
  return {
    cpus: Math.max(1, Math.floor(allowed)),
    memoryBytes: Math.max(64 * MIB, memory),
    tasks: MAX_TASKS,
  };
}

/** The budget of this machine as it is now. */
export const defaultBudget = (): Budget => budgetOf({ cpus: availableParallelism(), read: readText });
