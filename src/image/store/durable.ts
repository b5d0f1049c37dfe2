/** Files that appear whole or not at all, also when the machine loses its power: written beside, synced, renamed, and that synced. */
import { constants } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { newId } from '../../core/index.js';
import { ioError, isCode } from './io-error.js';

export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Into its place, in which it replaces what is there. */
export async function moveDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncDirectory(dirname(to));
}

async function writeNew(path: string, bytes: Uint8Array | string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * @param tmp a directory of the same file system, for the unfinished file
 * @throws HotcellError `io`
 */
export async function writeDurably(path: string, bytes: Uint8Array | string, tmp: string): Promise<void> {
  const draft = `${tmp}/${newId()}`;
  try {
    await writeNew(draft, bytes);
    await moveDurably(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw ioError(error, `cannot write ${path}`);
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw ioError(error, `cannot look for ${path}`);
  }
}
