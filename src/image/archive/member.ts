import { posix } from 'node:path';
import { quote } from '../../core/index.js';
import { badArchive } from '../compression/index.js';
import type { TarMember } from './index-tar.js';

/** Where a link leads, as a name in the archive; null when that is outside of it. */
function targetOf({ name, type, link }: TarMember): string | null {
  const target = posix.normalize(type === 'symlink' ? posix.join(posix.dirname(name), link) : link);
  return posix.isAbsolute(link) || target.startsWith('..') ? null : target;
}

/**
 * The file of that name. `docker save` writes a symbolic link for a layer that an archive has already, so one link to a file
 * of the same archive is followed: that is a look into the index, and no file system has a say in it.
 *
 * @throws HotcellError `bad-archive` when there is none, or it is no file
 */
export function memberOf(index: ReadonlyMap<string, TarMember>, name: string): TarMember {
  const member = index.get(posix.normalize(name));
  if (member === undefined) throw badArchive(`the archive has no file ${quote(name)}`);
  if (member.type === 'file') return member;
  const isLink = member.type === 'symlink' || member.type === 'hardlink';
  const target = isLink ? targetOf(member) : null;
  const linked = target === null ? undefined : index.get(target);
  if (linked?.type === 'file') return linked;
  const what = isLink
    ? `a link to ${quote(member.link)}, which is no file of the archive`
    : `a ${member.type}`;
  throw badArchive(`entry ${quote(name)} must be a file, and is ${what}`);
}
