/**
 * Locks between processes, and between parts of one: flock(2), which the kernel gives up with the process that has it,
 * however that ends. Node cannot ask for one, so flock(1) does on a descriptor that it shares with us: the lock belongs to the
 * open file and stays when flock(1) is gone.
 *
 * Order, for whoever needs several: store, file, layer, names, image.
 */
import { spawn } from 'node:child_process';
import { close, constants, fstat, open } from 'node:fs';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { HotcellError, onAbort } from '../../core/index.js';
import { ioError } from './io-error.js';

const openFile = promisify(open);
const closeFile = promisify(close);
const statFile = promisify(fstat);

export type LockMode = 'shared' | 'exclusive';

export interface LockOptions {
  readonly mode: LockMode;
  readonly signal?: AbortSignal | undefined;
}

/** What flock(1) ends with when somebody else has the lock and it was told not to wait. */
const BUSY = 1;

const FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;

function failed(path: string, reason: string, cause: unknown): HotcellError {
  return new HotcellError({
    code: 'io',
    message: `cannot lock ${path}: ${reason}`,
    hint: 'flock(1) of util-linux must be there',
    cause,
  });
}

interface Ended {
  readonly code: number | null;
  readonly reason: string;
  readonly cause: unknown;
}

/** Not by execa, which passes no descriptor of ours on. */
async function flock(fd: number, args: readonly string[], signal: AbortSignal | undefined): Promise<Ended> {
  // Detached: not the terminal's to interrupt. One that waits when we are gone ends as soon as it has the lock.
  const child = spawn('flock', [...args, '0'], { stdio: [fd, 'ignore', 'ignore'], detached: true });
  const unlisten = onAbort(signal, () => child.kill());
  try {
    return await new Promise((resolve) => {
      child.once('error', (cause) => resolve({ code: null, reason: cause.message, cause }));
      child.once('exit', (code, by) =>
        resolve({ code, reason: `it ended with ${code ?? by}`, cause: undefined }),
      );
    });
  } finally {
    unlisten();
  }
}

/** @returns whether it has the lock; without `waits` it may be somebody else's */
async function lock(
  fd: number,
  path: string,
  { mode, signal }: LockOptions,
  waits: boolean,
): Promise<boolean> {
  const { code, reason, cause } = await flock(fd, [`--${mode}`, ...(waits ? [] : ['--nonblock'])], signal);
  signal?.throwIfAborted();
  if (code === 0) return true;
  if (code === BUSY && !waits) return false;
  throw failed(path, reason, cause);
}

export class FileLock {
  readonly path: string;
  readonly #fd: number;
  #isHeld = true;

  private constructor(fd: number, path: string) {
    this.#fd = fd;
    this.path = path;
  }

  /** Waits for it. @throws HotcellError `io`; the signal's reason */
  static async acquire(path: string, options: LockOptions): Promise<FileLock> {
    const held = await FileLock.#take(path, options, true);
    if (held === null) throw failed(path, 'it was not given', undefined);
    return held;
  }

  /** @returns null when somebody else has it */
  static async tryAcquire(path: string, mode: LockMode): Promise<FileLock | null> {
    return await FileLock.#take(path, { mode }, false);
  }

  static async #take(path: string, options: LockOptions, waits: boolean): Promise<FileLock | null> {
    for (;;) {
      const fd = await openFile(path, FLAGS, 0o600).catch((error: unknown) => {
        throw ioError(error, `cannot lock ${path}`);
      });
      try {
        const isHeld = await lock(fd, path, options, waits);
        if (isHeld && (await statFile(fd)).nlink > 0) return new FileLock(fd, path);
        await closeFile(fd);
        if (!isHeld) return null;
        // Whoever had it has removed the file since: others will lock the next of that name.
      } catch (error) {
        await closeFile(fd).catch(() => undefined);
        throw error;
      }
    }
  }

  async release(): Promise<void> {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    await closeFile(this.#fd);
  }

  /** Releases it with its file. Only for who has it exclusively. */
  async remove(): Promise<void> {
    if (!this.#isHeld) return;
    await rm(this.path, { force: true });
    await this.release();
  }
}

/** Does `act` under a lock. */
export async function withLock<Result>(
  path: string,
  options: LockOptions,
  act: () => Promise<Result>,
): Promise<Result> {
  const held = await FileLock.acquire(path, options);
  try {
    return await act();
  } finally {
    await held.release();
  }
}
