import { badArchive } from '../compression/index.js';
import type { TarEntry, Xattr } from './entry.js';

/** Counts of what an archive has and a tree does not get. */
export interface Dropped {
  devices: number;
  sockets: number;
  xattrs: number;
  /** Entries whose owner or group was out of range, and became 65,534. */
  ids: number;
}

/** The range of ids that every sandbox has. */
const MAX_ID = 65534;

/** Gives the entry's owner and group as the tree can have them. */
export function ownerOf({ uid, gid }: TarEntry, dropped: Dropped): { uid: number; gid: number } {
  if (uid > MAX_ID || gid > MAX_ID) dropped.ids++;
  return { uid: Math.min(uid, MAX_ID), gid: Math.min(gid, MAX_ID) };
}

/** What `security.` and `trusted.` would do is the host's business; overlay keeps its own in `user.overlay.`. */
const isHarmless = (name: string): boolean =>
  /^user\.[^\0]{1,250}$/s.test(name) && !name.startsWith('user.overlay.');

/** The kernel allows `user.` attributes for files and directories only. @throws HotcellError `bad-archive` over the quota */
export function keptXattrs(entry: TarEntry, dropped: Dropped, most: number): readonly Xattr[] {
  const { type, xattrs, otherXattrs } = entry;
  dropped.xattrs += otherXattrs;
  if (xattrs.length === 0) return xattrs;
  const possible = type === 'file' || type === 'directory';
  const kept = xattrs.filter(({ name }) => possible && isHarmless(name));
  dropped.xattrs += xattrs.length - kept.length;
  const bytes = kept.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  if (bytes > most)
    throw badArchive(`it has ${bytes} bytes of extended attributes; at most ${most} are allowed`);
  return kept;
}
