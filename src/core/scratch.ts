/** Temporary directories that bear their owner's mark, so that what a killed process left is found and removed. */
import { readFileSync, readlinkSync } from 'node:fs';
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const KINDS = ['suite', 'box', 'check', 'report', 'tree'] as const;

type ScratchKind = (typeof KINDS)[number];

/** When a process started, in ticks, which with its id tells it from a later one; undefined when there is none. */
export function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]; // proc_pid_stat(5)
  } catch {
    return undefined; // it has ended
  }
}

/** Of another pid namespace nothing can be said: its processes have other numbers here, or none. */
const pidNamespace = (): string => /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';

/** A new directory for nobody but us, which the caller removes. */
export async function makeScratch(kind: ScratchKind): Promise<string> {
  const mark = `${pidNamespace()}-${process.pid}-${startTime(process.pid) ?? 0}`;
  return await mkdtemp(join(tmpdir(), `hotcell-${kind}-${mark}-`));
}

const MARKED = new RegExp(`^hotcell-(?:${KINDS.join('|')})-(\\d+)-(\\d+)-(\\d+)-\\w{6}$`);

function isAbandoned(name: string): boolean {
  const [, namespace, pid, start] = MARKED.exec(name) ?? [];
  return namespace === pidNamespace() && pid !== undefined && startTime(Number(pid)) !== start;
}

/** Removes the directories of processes that are no more. */
export async function removeAbandonedScratch(): Promise<void> {
  const uid = process.geteuid?.();
  for (const name of (await readdir(tmpdir())).filter(isAbandoned)) {
    const path = join(tmpdir(), name);
    const found = await lstat(path).catch(() => null);
    // Somebody else's is not ours to remove; nor is what only has such a name.
    if (found?.isDirectory() && found.uid === uid) await rm(path, { recursive: true, force: true });
  }
}
