import { write } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { codeOf } from '../reason.js';

const writeFd = promisify(write);

/** Where bytes go. The promise is back-pressure: it settles when the bytes are out, and rejects when they never will be. */
export interface Sink {
  write(chunk: Uint8Array | string): Promise<void>;
}

/** A terminal or pipe that someone else has set non-blocking is asked again after this long. */
const RETRY_MS = 5;

/**
 * Writes to a file descriptor from the thread pool. process.stdout would do it on the main thread when it is a pipe:
 * a reader that stands still (`| less`) would then stop Hotcell's whole event loop, Ctrl-C included.
 */
export class FdSink implements Sink {
  readonly #fd: number;
  #tail: Promise<void> = Promise.resolve();
  #pending = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Whether bytes are still on their way; a process that leaves now would wait for them in its exit. */
  get busy(): boolean {
    return this.#pending > 0;
  }

  write(chunk: Uint8Array | string): Promise<void> {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    this.#pending++;
    const done = this.#tail
      .then(async () => await this.#writeAll(bytes))
      .finally(() => {
        this.#pending--;
      });
    // Whoever writes next waits for this one, but its failure is only told to whoever wrote it.
    this.#tail = done.catch(() => undefined);
    return done;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.byteLength; ) {
      try {
        offset += (await writeFd(this.#fd, bytes, offset)).bytesWritten;
      } catch (error) {
        if (codeOf(error) !== 'EAGAIN') throw error;
        await delay(RETRY_MS);
      }
    }
  }
}
