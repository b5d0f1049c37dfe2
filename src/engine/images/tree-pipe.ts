import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { makeScratch } from '../../core/index.js';

/**
 * A pipe with a name, for a sandbox to have the reading end of. Its bytes go from us to the reader and by nobody else: through
 * the launcher they would be copied five times, and its other clients would wait meanwhile.
 */
export class TreePipe {
  /** Absolute; there until `close`. */
  readonly path: string;
  readonly #directory: string;
  readonly #socket: Socket;
  #closed: Promise<void> | undefined;

  private constructor(directory: string, path: string, fd: number) {
    this.#directory = directory;
    this.path = path;
    this.#socket = new Socket({ fd, readable: false, writable: true });
    this.#socket.on('error', () => undefined); // whoever writes is told
  }

  static async open(): Promise<TreePipe> {
    const directory = await makeScratch('tree');
    try {
      const path = join(directory, 'operations');
      // For everybody to read: root of this host is nobody in there, and nobody else can enter the directory.
      execFileSync('mkfifo', ['-m', '644', path], { stdio: ['ignore', 'ignore', 'pipe'] });
      // For reading too: else it could not be opened before the reader has, and who that is starts only afterwards.
      const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW);
      try {
        return new TreePipe(directory, path, fd);
      } catch (error) {
        closeSync(fd);
        throw error;
      }
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** Waits until the reader, or the kernel for it, has taken everything. Rejects once it is closed. */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => {
        if (error) reject(error);
        else if (this.#socket.destroyed)
          reject(new Error('the pipe was closed')); // Node 20 has no error for it
        else resolve();
      });
    });
  }

  /** Ends what is being written. */
  close(): Promise<void> {
    this.#socket.destroy();
    this.#closed ??= rm(this.#directory, { recursive: true, force: true });
    return this.#closed;
  }
}
