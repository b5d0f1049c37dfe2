import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HotcellError, quote } from '../../core/index.js';
import { reason } from '../reason.js';

type Write = (chunk: Uint8Array) => Promise<void>;

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.byteLength; ) {
    offset += (await file.write(chunk, offset)).bytesWritten;
  }
}

/** Whether there is something at `path` that cannot be replaced: a device or a pipe. */
async function isSpecial(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function into(path: string, flags: string, produce: (write: Write) => Promise<void>): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await produce((chunk) => writeAll(file, chunk));
    if ((await file.stat()).isFile()) await file.sync();
  } finally {
    await file.close();
  }
}

/** Beside the file, and in its place once it is whole: nobody finds half an archive there. */
async function replacing(path: string, produce: (write: Write) => Promise<void>): Promise<void> {
  const draft = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomUUID()}`);
  try {
    await into(draft, 'wx', produce);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/**
 * Lets `produce` write a file.
 *
 * @throws HotcellError `io` naming the file; whatever `produce` throws
 */
export async function savedFile(path: string, produce: (write: Write) => Promise<void>): Promise<void> {
  try {
    if (await isSpecial(path)) await into(path, 'w', produce);
    else await replacing(path, produce);
  } catch (error) {
    if (error instanceof HotcellError || !(error instanceof Error && 'syscall' in error)) throw error;
    throw new HotcellError({ code: 'io', message: `${quote(path)}: ${reason(error)}`, cause: error });
  }
}
