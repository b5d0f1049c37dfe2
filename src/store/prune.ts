import { lstatSync, readdirSync, statSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { newId } from '../core/index.js';
import { unlessAbsent } from './io-error.js';
import type { Layout } from './layout.js';

/** What the history keeps at most; what is over it goes, the oldest first. Nothing that runs is touched. */
export interface Retention {
  readonly maxAgeMs?: number | undefined;
  /** Of all files of all runs. */
  readonly maxBytes?: number | undefined;
  /** So many runs. */
  readonly keep?: number | undefined;
}

export const DEFAULT_RETENTION = {
  maxAgeMs: 30 * 86_400_000,
  maxBytes: 1024 ** 3,
  keep: 1000,
} as const satisfies Retention;

/** Long after whoever began to make or to remove a run must be done with it. */
const REMAINS_MS = 3_600_000;

export interface Prunable {
  readonly id: string;
  readonly ageMs: number;
  readonly bytes: number;
}

/** Which runs have to go. `runs` are the newest first; the first is never too large. Pure. */
export function overdue(runs: readonly Prunable[], limits: Retention): string[] {
  const { maxAgeMs = Infinity, maxBytes = Infinity, keep = Infinity } = limits;
  let bytes = 0;
  return runs.flatMap((run, index) => {
    bytes += run.bytes;
    const isTooMuch = bytes > maxBytes && index > 0;
    return run.ageMs > maxAgeMs || isTooMuch || index >= keep ? [run.id] : [];
  });
}

/** How many directories are measured before others have a turn. */
const BATCH = 32;

/**
 * All runs, the newest first. Measured without the thread pool: it is some thousand calls of a microsecond each, and would be
 * the longest part of a short run with it.
 */
export async function measureRuns(layout: Layout, nowMs: number): Promise<Prunable[]> {
  const measured: Prunable[] = [];
  for (const [index, id] of (await layout.ids()).entries()) {
    if (index % BATCH === BATCH - 1) await setImmediate();
    const found = measure(layout.run(id));
    if (found !== null) measured.push({ id, ageMs: nowMs - found.mtimeMs, bytes: found.bytes });
  }
  return measured;
}

/** Null for what is gone by now. */
function measure(directory: string): { mtimeMs: number; bytes: number } | null {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found === undefined) return null;
  try {
    const sizes = readdirSync(directory).map(
      (name) => lstatSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0,
    );
    return { mtimeMs: found.mtimeMs, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  } catch {
    return null;
  }
}

/** Gone for everybody at once, and then from the disk. @returns false when it was not there */
export async function removeRun(layout: Layout, id: string): Promise<boolean> {
  const grave = layout.removed(id, newId());
  const moved = await unlessAbsent(async () => {
    await rename(layout.run(id), grave);
    return true;
  }, false);
  if (moved) await rm(grave, { recursive: true, force: true });
  return moved;
}

/** Removes what crashes left of runs that were being made or removed. */
export async function removeRemains(layout: Layout, nowMs: number): Promise<void> {
  for (const name of await layout.remains()) {
    const path = join(layout.runs, name);
    const found = await unlessAbsent(async () => await stat(path), null);
    if (found !== null && nowMs - found.mtimeMs > REMAINS_MS)
      await rm(path, { recursive: true, force: true });
  }
}
