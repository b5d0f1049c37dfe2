/** Which further ids an ordinary user may give to programs: subuid(5), newuidmap(1). */
import { accessSync, constants, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { type IdRange, protocolLimits, type SubordinateIds, type UserNamespace } from '../launcher/index.js';

/** More would be nobody's; a map has at most 340 lines in all, user_namespaces(7). */
const MOST_LINES = 64;
const MAX_ID = 2 ** 32 - 2;

/** Lines "NAME:FIRST:COUNT" of this user, by name or number; what is none is left out. Pure. */
export function parseSubordinateIds(text: string, names: readonly string[]): IdRange[] {
  const ranges = text.split('\n').flatMap((line): IdRange[] => {
    const [, name = '', first, count] = /^([^:#]+):(\d{1,10}):(\d{1,10})$/.exec(line.trim()) ?? [];
    const range = { first: Number(first), count: Number(count) };
    const isWhole = range.first > 0 && range.count > 0 && range.first + range.count - 1 <= MAX_ID;
    return names.includes(name) && isWhole ? [range] : [];
  });
  return ranges.slice(0, MOST_LINES);
}

/** Not the user's own PATH, which could lead anywhere: distributions have them in one of these. */
const TOOL_DIRECTORIES = ['/usr/bin', '/bin', '/usr/sbin', '/usr/local/bin', '/run/wrappers/bin'];

function findTool(name: string): string | undefined {
  return TOOL_DIRECTORIES.map((directory) => `${directory}/${name}`).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function readTable(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // not there, or not ours to read: then it gives us nothing
  }
}

function nameOf(uid: number): string {
  try {
    return userInfo().username;
  } catch {
    return String(uid); // whom /etc/passwd does not know can still be in /etc/subuid by number
  }
}

/** @returns why there are none */
function subordinate(names: readonly string[], file: string, toolName: string): SubordinateIds | string {
  const ranges = parseSubordinateIds(readTable(file), names);
  const needed = protocolLimits.idsPerSlot;
  const sum = ranges.reduce((all, { count }) => all + count, 0);
  if (sum < needed)
    return `${file} gives ${names[0]} ${sum === 0 ? 'no' : `only ${sum}`} ids; ${needed} are needed`;
  const tool = findTool(toolName);
  return tool === undefined
    ? `${toolName} is not installed (package uidmap or shadow-utils)`
    : { tool, ranges };
}

export interface OwnIds {
  readonly name: string;
  readonly namespace: UserNamespace;
  /** Why there is only the user's own id; null when there are more. */
  readonly lacking: string | null;
}

/** Of the user who runs us. */
export function ownIds(): OwnIds {
  const [uid, gid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
  const name = nameOf(uid);
  const names = [name, String(uid)];
  const uids = subordinate(names, '/etc/subuid', 'newuidmap');
  const gids = subordinate(names, '/etc/subgid', 'newgidmap');
  if (typeof uids === 'string') return { name, namespace: { uid, gid, subordinate: null }, lacking: uids };
  if (typeof gids === 'string') return { name, namespace: { uid, gid, subordinate: null }, lacking: gids };
  return { name, namespace: { uid, gid, subordinate: { uids, gids } }, lacking: null };
}
