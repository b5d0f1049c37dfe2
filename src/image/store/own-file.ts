import { constants } from 'node:fs';
import { copyFile, type FileHandle, open } from 'node:fs/promises';
import { compressionOf, peekAt } from './first-bytes.js';
import { ioError } from './io-error.js';
import type { StoreSession } from './session.js';

/**
 * A file that nobody else writes to. The kernel makes it faster than we could, on some file systems without copying; and what
 * is unpacked is what is kept, whatever happens to the original.
 */
export class OwnFile {
  readonly path: string;
  /** Of the copy: the original may have grown since it was looked at. */
  readonly size: number;
  readonly #file: FileHandle;

  private constructor(file: FileHandle, { path, size }: { path: string; size: number }) {
    this.size = size;
    this.#file = file;
    this.path = path;
  }

  /** @returns null when the bytes are not to be kept as they are */
  static async of(
    { fd, ownPath }: { readonly fd: number; readonly ownPath: string | null },
    session: StoreSession,
  ): Promise<OwnFile | null> {
    if (compressionOf(await peekAt(fd)) === 'xz') return null;
    const path = ownPath ?? session.newFile();
    try {
      if (ownPath === null) await copyFile(`/proc/self/fd/${fd}`, path, constants.COPYFILE_FICLONE);
      const file = await open(path, 'r');
      return new OwnFile(file, { path, size: (await file.stat()).size });
    } catch (error) {
      throw ioError(error, `cannot write ${path}`);
    }
  }

  get fd(): number {
    return this.#file.fd;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
