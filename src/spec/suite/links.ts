import { readlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, sep } from 'node:path';

/** More than the kernel follows; path_resolution(7). */
const MAX_LINKS = 64;

const namesIn = (path: string): string[] => path.split(sep).filter((name) => name !== '' && name !== '.');

async function targetOf(path: string): Promise<string | null> {
  try {
    return await readlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EINVAL') return null; // no link
    throw error;
  }
}

/**
 * Every symbolic link on the way to where a path leads, those that links lead through included. Each is absolute, and
 * itself without others on the way to it.
 *
 * @param path absolute
 * @throws what the file system says
 */
export async function linksOn(path: string): Promise<string[]> {
  const links: string[] = [];
  const rest = namesIn(path).reverse();
  let at: string = sep;
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    const here = name === '..' ? dirname(at) : join(at, name);
    const target = name === '..' ? null : await targetOf(here);
    if (target === null) {
      at = here;
      continue;
    }
    links.push(here);
    if (links.length > MAX_LINKS) throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
    if (isAbsolute(target)) at = sep;
    rest.push(...namesIn(target).reverse());
  }
  return links;
}
