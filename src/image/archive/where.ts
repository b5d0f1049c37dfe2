import { HotcellError, quote } from '../../core/index.js';
import { badArchive } from '../compression/index.js';

/** A name from an archive, for a message. */
export const quoteName = (name: Buffer): string => quote(name.subarray(0, 4096).toString('utf8'));

/** Says which entry an error is about. */
export function inEntry<T>(name: Buffer, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw aboutEntry(name, error);
  }
}

export function aboutEntry(name: Buffer, error: unknown): unknown {
  if (!(error instanceof HotcellError) || error.code !== 'bad-archive') return error;
  return badArchive(`entry ${quoteName(name)}: ${error.message}`, { cause: error.cause });
}

/** Says where in the archive an error is about. */
export function atByte<T>(offset: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof HotcellError) || error.code !== 'bad-archive') throw error;
    throw badArchive(`at byte ${offset} of the archive: ${error.message}`, { cause: error.cause });
  }
}
