/** Gives ids to the user namespace that a launcher of an ordinary user has entered; see user_namespaces(7), newuidmap(1). */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { protocolLimits } from './protocol-table.js';

export interface IdRange {
  readonly first: number;
  readonly count: number;
}

/** What one of the two files says about this user, and the program that may act on it. */
export interface SubordinateIds {
  /** Absolute. */
  readonly tool: string;
  readonly ranges: readonly IdRange[];
}

export interface UserNamespace {
  readonly uid: number;
  readonly gid: number;
  /** Null = there are none, and only the user's own id is to be had. */
  readonly subordinate: { readonly uids: SubordinateIds; readonly gids: SubordinateIds } | null;
}

/** One for files, and one for each slot: more would not be used. */
const MOST_RANGES = protocolLimits.slotsMax + 1;

const total = (ranges: readonly IdRange[]): number => ranges.reduce((sum, { count }) => sum + count, 0);

/** How many whole ranges of a slot's there are. */
export function wholeRanges({ subordinate }: Pick<UserNamespace, 'subordinate'>): number {
  if (subordinate === null) return 0;
  const ids = Math.min(total(subordinate.uids.ranges), total(subordinate.gids.ranges));
  return Math.min(MOST_RANGES, Math.floor(ids / protocolLimits.idsPerSlot));
}

/** The lines of a map: ours is 0, and from 1 on come the subordinate ones, one range after the other. */
export function mapOf(own: number, ranges: readonly IdRange[], wanted: number): number[][] {
  const lines = [[0, own, 1]];
  let inside = 1;
  for (const { first, count } of ranges) {
    const taken = Math.min(count, wanted + 1 - inside);
    if (taken > 0) lines.push([inside, first, taken]);
    inside += Math.max(0, taken);
  }
  return lines;
}

async function mapRanges(
  pid: number,
  { uid, gid, subordinate }: UserNamespace,
  ranges: number,
): Promise<void> {
  if (subordinate === null) return;
  const wanted = ranges * protocolLimits.idsPerSlot;
  const run = async (own: number, { tool, ranges: given }: SubordinateIds): Promise<void> => {
    await promisify(execFile)(tool, [pid, ...mapOf(own, given, wanted).flat()].map(String));
  };
  await Promise.all([run(uid, subordinate.uids), run(gid, subordinate.gids)]);
}

/** What everybody may do: the own id, and no change of groups any more. */
async function mapSelf(pid: number, { uid, gid }: UserNamespace): Promise<void> {
  await writeFile(`/proc/${pid}/setgroups`, 'deny');
  await writeFile(`/proc/${pid}/uid_map`, `0 ${uid} 1`);
  await writeFile(`/proc/${pid}/gid_map`, `0 ${gid} 1`);
}

/** @returns how many whole ranges are mapped; 0 = the own id alone */
export async function mapIds(pid: number, namespace: UserNamespace): Promise<number> {
  const ranges = wholeRanges(namespace);
  if (ranges === 0) await mapSelf(pid, namespace);
  else await mapRanges(pid, namespace, ranges);
  return ranges;
}
