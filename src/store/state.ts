import { isAlive } from './identity.js';
import { unlessAbsent } from './io-error.js';
import { type Owner, ownerOf } from './owner.js';
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

type Found = Pick<StoredRun, 'state' | 'pid'> & { readonly record: RunRecord | null };

/** What is written is the end of an earlier turn when somebody has taken the run up again since. */
const isOver = (record: RunRecord, owner: Owner | null): boolean =>
  record.finishedAt !== null && record.turn >= (owner?.turn ?? 0);

/** The record in `directory`, null when there is none, and what it comes to. @throws HotcellError `io` */
export async function stateOf(directory: string): Promise<Found> {
  const owner = await unlessAbsent(async () => await ownerOf(directory), null);
  const record = await readRecord(directory);
  if (record === null) return { record, state: 'lost', pid: null };
  if (isOver(record, owner)) return { record, state: 'exited', pid: null };
  if (owner !== null && (await isAlive(owner.process)))
    return { record, state: 'running', pid: owner.process.pid };
  // Once more, since it may have written that it is over between the first look and its end.
  const last = await readRecord(directory);
  return { record: last, state: last === null || last.finishedAt === null ? 'lost' : 'exited', pid: null };
}
