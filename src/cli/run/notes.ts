import { formatBytes } from '../../core/index.js';
import type { Limits, Outcome } from '../../spec/index.js';

/** File systems in memory give space by the page. */
const PAGE_BYTES = 4096;

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

type Measured = Pick<Outcome, 'metrics'>;

function* notesOf({ metrics }: Measured, limits: Limits): Generator<string> {
  const { pidsLimitHits, diskUsedBytes, inodesUsed } = metrics;
  if (limits.pids !== null && (pidsLimitHits ?? 0) > 0)
    yield `pids limit ${limits.pids} was hit ${times(pidsLimitHits ?? 0)}`;
  if (diskUsedBytes !== null && diskUsedBytes > limits.diskBytes - PAGE_BYTES)
    yield `the disk is full: limit ${formatBytes(limits.diskBytes)}`;
  if (inodesUsed !== null && inodesUsed >= limits.diskInodes)
    yield `the disk is full: limit of ${limits.diskInodes} files and directories`;
}

/**
 * Limits that were hit without ending the run, a line each: what a program makes of an error of fork or write is
 * often not to be recognised.
 */
export function notes(outcome: Measured, limits: Limits): string[] {
  return [...notesOf(outcome, limits)].map((note) => `note: ${note}`);
}
