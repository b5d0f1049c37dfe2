import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from '../reason.js';

/** A full pipe is asked again after this long. */
const RETRY_MS = 5;

const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK;

/**
 * Opens what may have no reader, or one that stands still: a pipe, a terminal. A call that waited for it would hold a thread
 * that nothing can end, and the exit of the process with it.
 *
 * @throws Error when it is a pipe that nobody reads
 */
export async function openUnblocked(path: string): Promise<FileHandle> {
  try {
    return await open(path, FLAGS);
  } catch (cause) {
    if (codeOf(cause) === 'ENXIO') throw new Error('nobody reads this pipe', { cause });
    throw cause;
  }
}

/**
 * Writes all of `text` to what {@link openUnblocked} gave, as fast as it is read.
 *
 * @param signal ends the wait for a reader
 */
export async function writePatiently(handle: FileHandle, text: string, signal: AbortSignal): Promise<void> {
  const bytes = Buffer.from(text);
  for (let offset = 0; offset < bytes.byteLength; ) {
    try {
      offset += (await handle.write(bytes, offset)).bytesWritten;
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw error;
      await delay(RETRY_MS, undefined, { signal });
    }
  }
}
