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

/** The process that writes somewhere, or did so last. */
export interface Owner {
  /** How many claims there have been, this one included. */
  readonly turn: number;
  readonly process: ProcessIdentity;
}

/** Null where nobody ever wrote. */
export async function ownerOf(directory: string): Promise<Owner | null> {
  const turn = await lastClaim(directory);
  if (turn === 0) return null;
  const process = parseIdentity(await readlink(join(directory, `owner.${turn}`)));
  return process === null ? null : { turn, process };
}

export async function isOwned(directory: string): Promise<boolean> {
  const owner = await ownerOf(directory);
  return owner !== null && (await isAlive(owner.process));
}

/**
 * Makes this process the one that writes there. `mayTakeOver` is asked once the last claim is known: whether whoever made
 * it is done.
 *
 * @returns how many claims there have been now, or null when another process has it
 */
export async function claim(directory: string, mayTakeOver: () => Promise<boolean>): Promise<number | null> {
  const turn = (await lastClaim(directory)) + 1;
  if (!(await mayTakeOver())) return null;
  try {
    await symlink(formatIdentity(await ownIdentity()), join(directory, `owner.${turn}`));
    return turn;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return null;
    throw error;
  }
}
