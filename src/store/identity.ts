/** Which process this is, in a form that no later process shares, and whether such a process still lives. */
import { readFile, readlink } from 'node:fs/promises';
import { HotcellError } from '../core/index.js';
import { unlessAbsent } from './io-error.js';

export interface ProcessIdentity {
  readonly pid: number;
  /** Since boot, in clock ticks: together with the pid it is never used twice. Source: proc_pid_stat(5), field 22. */
  readonly startTicks: number;
  readonly bootId: string;
  /** Inode of its pid namespace: the same pid means another process in another one. */
  readonly pidNamespace: string;
}

interface ProcessStat {
  readonly state: string;
  readonly startTicks: number;
}

async function readStat(pid: number): Promise<ProcessStat | null> {
  const text = await unlessAbsent(async () => await readFile(`/proc/${pid}/stat`, 'utf8'), null);
  if (text === null) return null;
  // The name before it is in parentheses, and may hold some itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startTicks: Number(fields[19]) };
}

const readBootId = async (): Promise<string> =>
  (await unlessAbsent(async () => await readFile('/proc/sys/kernel/random/boot_id', 'utf8'), '')).trim();

async function readPidNamespace(): Promise<string> {
  const link = await unlessAbsent(async () => await readlink('/proc/self/ns/pid'), '');
  return /\d+/.exec(link)?.[0] ?? '';
}

/** @throws HotcellError `io` where /proc is not there */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const { pid } = process;
  const stat = await readStat(pid);
  if (stat === null) {
    throw new HotcellError({ code: 'io', message: '/proc does not show this process; mount it' });
  }
  const [bootId, pidNamespace] = await Promise.all([readBootId(), readPidNamespace()]);
  return { pid, startTicks: stat.startTicks, bootId, pidNamespace };
}

/** A process that cannot be seen from here, such as one of another container, counts as living until the next boot. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const [bootId, pidNamespace] = await Promise.all([readBootId(), readPidNamespace()]);
  if (identity.bootId !== bootId) return false;
  if (identity.pidNamespace !== pidNamespace) return true;
  const stat = await readStat(identity.pid);
  // A zombie does nothing any more, though its parent has not noticed yet.
  return stat !== null && stat.startTicks === identity.startTicks && !['Z', 'X'].includes(stat.state);
}

export function formatIdentity({ pid, startTicks, bootId, pidNamespace }: ProcessIdentity): string {
  return [pid, startTicks, pidNamespace, bootId].join(':');
}

/** Null for text that {@link formatIdentity} did not write. */
export function parseIdentity(text: string): ProcessIdentity | null {
  const [, pid, startTicks, pidNamespace, bootId] = /^(\d{1,10}):(\d{1,16}):(\d*):([\w-]*)$/.exec(text) ?? [];
  if (pid === undefined || bootId === undefined || pidNamespace === undefined) return null;
  return { pid: Number(pid), startTicks: Number(startTicks), bootId, pidNamespace };
}
