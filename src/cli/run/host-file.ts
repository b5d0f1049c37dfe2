import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../reason.js';

/** What may be kept of a mode that a sandboxed program chose: never setuid, setgid or sticky. */
const PERMISSIONS = 0o777;

/** Puts a complete file in the place of `directory/name`, or nothing: a full disk leaves what was there. */
async function replace(directory: string, name: string, bytes: Uint8Array, mode: number): Promise<void> {
  const temporary = join(directory, `.hotcell-${randomBytes(9).toString('base64url')}`);
  try {
    const file = await open(temporary, 'wx', mode & PERMISSIONS);
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
    await rename(temporary, join(directory, name));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function statOrNull(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Writes a file that the user named. A device or pipe (/dev/stdout, /dev/null) is written to, never replaced; a
 * symbolic link of the user's keeps pointing where it does.
 */
export async function writeHostFile(path: string, bytes: Uint8Array, mode = 0o666): Promise<void> {
  const found = await statOrNull(path);
  if (found === null || found.isFile()) {
    const real = found === null ? path : await realpath(path);
    return await replace(dirname(real), basename(real), bytes, mode);
  }
  const file = await open(path, constants.O_WRONLY | constants.O_NOCTTY);
  try {
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
}

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY;

/** The directory behind a handle, as a path that no rename can redirect. */
const pathOf = (directory: FileHandle): string => `/proc/self/fd/${directory.fd}`;

async function enter(directory: FileHandle, name: string): Promise<FileHandle> {
  const path = join(pathOf(directory), name);
  try {
    await mkdir(path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  // A link here may be older than the run, and the program chose the name that leads through it.
  return await open(path, DIRECTORY | constants.O_NOFOLLOW);
}

/** A directory below `root` by a path that a sandboxed program chose: made as needed, no symbolic link followed. */
async function openBeneath(root: string, names: readonly string[]): Promise<FileHandle> {
  await mkdir(root, { recursive: true });
  let directory = await open(root, DIRECTORY);
  for (const name of names) {
    const parent = directory;
    try {
      directory = await enter(parent, name);
    } finally {
      await parent.close();
    }
  }
  return directory;
}

/** Makes a directory whose path below `root` a sandboxed program chose. */
export async function makeBeneath(root: string, names: readonly string[]): Promise<void> {
  await (await openBeneath(root, names)).close();
}

/** Writes a file whose path below `root` a sandboxed program chose; the last of `names` is the file's. */
export async function writeBeneath(
  root: string,
  names: readonly string[],
  bytes: Uint8Array,
  mode: number,
): Promise<void> {
  const directory = await openBeneath(root, names.slice(0, -1));
  try {
    await replace(pathOf(directory), names.at(-1) ?? '', bytes, mode);
  } finally {
    await directory.close();
  }
}
