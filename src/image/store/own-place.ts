/**
 * Whether a place is only ours to write. What is in the store becomes the root file system of runs, of root's as well: in a
 * place of somebody else's, a layer could be a link to the host's root.
 */
import { lstatSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { HotcellError } from '../../core/index.js';
import { isCode } from './io-error.js';

const GROUP_AND_OTHERS = 0o022;
const OTHERS = 0o002;
const STICKY = 0o1000;

/** What leads to the place: nobody else may be able to put something else in the way of it. */
function isSafeWay(path: string, owners: ReadonlySet<number>): boolean {
  const { uid, mode } = lstatSync(path);
  return owners.has(uid) && ((mode & OTHERS) === 0 || (mode & STICKY) !== 0);
}

/** Root's, too, which in a user namespace may look like nobody's. */
const trusted = (): ReadonlySet<number> => new Set([process.geteuid?.() ?? 0, 0, lstatSync('/').uid]);

function findUnsafe(path: string): string | null {
  const real = realpathSync(path);
  const owners = trusted();
  const { uid, mode } = lstatSync(real);
  if (!owners.has(uid) || (mode & GROUP_AND_OTHERS) !== 0) return real;
  for (let way = dirname(real); ; way = dirname(way)) {
    if (!isSafeWay(way, owners)) return way;
    if (way === dirname(way)) return null;
  }
}

/**
 * @param paths absolute; one that is not there is nobody's
 * @throws HotcellError `io`
 */
export function checkOwnPlaces(...paths: readonly string[]): void {
  for (const path of paths) {
    const unsafe = unlessMissing(() => findUnsafe(path));
    if (unsafe === null) continue;
    throw new HotcellError({
      code: 'io',
      message: `${path} is not only ours to write${unsafe === path ? '' : `, for others may write to ${unsafe}`}`,
      hint: 'take the right to write from group and others, or choose another HOTCELL_HOME',
    });
  }
}

function unlessMissing(find: () => string | null): string | null {
  try {
    return find();
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}
