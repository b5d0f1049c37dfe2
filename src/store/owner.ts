/**
 * One process at a time writes a run's files. Its claim is a symbolic link, which comes into being together with its
 * content; the links are numbered and never removed, so that two processes that take over from a dead one cannot both
 * succeed, and no lock is ever left behind.
 */
import { readdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { formatIdentity, isAlive, ownIdentity, type ProcessIdentity, parseIdentity } from './identity.js';
import { codeOf } from './io-error.js';

const CLAIM = /^owner\.(\d{1,9})$/;

async function lastClaim(directory: string): Promise<number> {
  const numbers = (await readdir(directory)).map((name) => Number(CLAIM.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

/** Who writes there, or wrote there last; null where nobody ever did. */
export async function ownerOf(directory: string): Promise<ProcessIdentity | null> {
  const last = await lastClaim(directory);
  return last === 0 ? null : parseIdentity(await readlink(join(directory, `owner.${last}`)));
}

export async function isOwned(directory: string): Promise<boolean> {
  const owner = await ownerOf(directory);
  return owner !== null && (await isAlive(owner));
}

/**
 * Makes this process the one that writes there. `mayTakeOver` is asked while the claims of others are known: it must say
 * whether the last owner is done.
 *
 * @returns false when another process has it
 */
export async function claim(directory: string, mayTakeOver: () => Promise<boolean>): Promise<boolean> {
  const last = await lastClaim(directory);
  if (!(await mayTakeOver())) return false;
  try {
    await symlink(formatIdentity(await ownIdentity()), join(directory, `owner.${last + 1}`));
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}
