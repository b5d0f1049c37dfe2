import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** As many links in a row as Linux follows. */
const MAX_LINKS = 40;

function linkTarget(path: string): string | null {
  try {
    return lstatSync(path).isSymbolicLink() ? resolve(dirname(path), readlinkSync(path)) : null;
  } catch {
    return null;
  }
}

/** Where a path leads, be it there or not: what is missing at its end stays as it is written. */
function leadsTo(path: string, links = MAX_LINKS): string {
  try {
    return realpathSync(path);
  } catch {
    const target = links > 0 ? linkTarget(path) : null;
    if (target !== null) return leadsTo(target, links - 1);
    const parent = dirname(path);
    return parent === path ? path : join(leadsTo(parent, links), basename(path));
  }
}

/** What a file is known by; two names of one file share at least one. Errors are for whoever opens it. */
export function identitiesOf(file: string): string[] {
  const path = resolve(file);
  const real = `path ${leadsTo(path)}`;
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return [real, `inode ${dev}:${ino}`];
  } catch {
    return [real];
  }
}
