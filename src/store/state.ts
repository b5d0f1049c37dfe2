import { unlessAbsent } from './io-error.js';
import { ownerOf } from './owner.js';
import { type RunRecord, readRecord } from './record.js';

/** `lost`: whoever ran it died before it could write how it ended. */
export const RUN_STATES = ['running', 'exited', 'lost'] as const;

export type RunState = (typeof RUN_STATES)[number];

/** A run as it is found in the history. */
export interface StoredRun {
  readonly record: RunRecord;
  readonly state: RunState;
  /** Of the process that runs it; null when it is over. */
  readonly pid: number | null;
  /** Where its files are. */
  readonly directory: string;
}

/** The record in `directory`, null when there is none, and what it comes to. @throws HotcellError `io` */
export async function stateOf(
  directory: string,
): Promise<Pick<StoredRun, 'state' | 'pid'> & { readonly record: RunRecord | null }> {
  // In this order: the owner is still alive when it writes that the run is over.
  const owner = await unlessAbsent(async () => await ownerOf(directory), null);
  const record = await readRecord(directory);
  if (record === null) return { record, state: 'lost', pid: null };
  // What is written is the end of an earlier turn when somebody has taken the run up again since.
  const isOver = record.finishedAt !== null && record.turn >= (owner?.turn ?? 0);
  if (owner?.alive && !isOver) return { record, state: 'running', pid: owner.process.pid };
  return { record, state: record.finishedAt === null ? 'lost' : 'exited', pid: null };
}
