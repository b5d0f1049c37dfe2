/**
 * One process, or part of one, that adds to the store. What it has not finished lies in a directory of its own, tmp/OWNER-ID,
 * whose name tells from which process it is: what a dead one left is removed by the next that comes.
 */
import { readlinkSync } from 'node:fs';
import { mkdir, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { newId, startTime } from '../../core/index.js';
import type { TreeWriter } from '../tree/index.js';
import { ioError, isCode } from './io-error.js';
import { LOCKS, type StoreLayout } from './layout.js';
import { FileLock, type LockMode } from './lock.js';

/** Removes directories that strangers' archives were written in. */
export type TreeRemover = Pick<TreeWriter, 'remove'>;

/** Of another pid namespace nothing can be said: its processes have other numbers here, or none. */
const pidNamespace = (): string => /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';

const ownMark = (): string => `${pidNamespace()}-${process.pid}-${startTime(process.pid) ?? 0}`;

const MARKED = /^(\d+)-(\d+)-(\d+)-[0-9a-z]{26}$/;

function isAbandoned(name: string): boolean {
  const [, namespace, pid, start] = MARKED.exec(name) ?? [];
  return namespace === pidNamespace() && startTime(Number(pid)) !== start;
}

async function removeMarked(
  layout: StoreLayout,
  trees: TreeRemover,
  isWanted: (name: string) => boolean,
): Promise<void> {
  const directory = layout.directory('tmp');
  for (const name of (await readdir(directory)).filter(isWanted)) await trees.remove(directory, name);
}

export interface SessionOptions {
  readonly trees: TreeRemover;
  /** Exclusive when something is to be removed that others may be about to use. */
  readonly mode: LockMode;
  readonly signal?: AbortSignal | undefined;
}

export class StoreSession {
  readonly layout: StoreLayout;
  readonly tmp: string;
  readonly #trees: TreeRemover;
  readonly #lock: FileLock;

  private constructor(layout: StoreLayout, { trees, lock }: { trees: TreeRemover; lock: FileLock }) {
    this.layout = layout;
    this.tmp = join(layout.directory('tmp'), `${ownMark()}-${newId()}`);
    this.#trees = trees;
    this.#lock = lock;
  }

  /** Waits for the lock. @throws HotcellError `io`; the signal's reason */
  static async begin(layout: StoreLayout, { trees, mode, signal }: SessionOptions): Promise<StoreSession> {
    const lock = await FileLock.acquire(layout.lock(LOCKS.store), { mode, signal });
    return await StoreSession.#with(layout, { trees, mode, lock });
  }

  /** @returns null when somebody else is at it */
  static async tryBegin(layout: StoreLayout, { trees, mode }: SessionOptions): Promise<StoreSession | null> {
    const lock = await FileLock.tryAcquire(layout.lock(LOCKS.store), mode);
    return lock === null ? null : await StoreSession.#with(layout, { trees, mode, lock });
  }

  static async #with(
    layout: StoreLayout,
    { trees, mode, lock }: { trees: TreeRemover; mode: LockMode; lock: FileLock },
  ): Promise<StoreSession> {
    const session = new StoreSession(layout, { trees, lock });
    try {
      // When nobody else adds, nobody else's is unfinished.
      await removeMarked(layout, trees, mode === 'exclusive' ? () => true : isAbandoned);
      await mkdir(session.tmp, { mode: 0o700 });
      return session;
    } catch (error) {
      await lock.release();
      throw ioError(error, `cannot begin in ${layout.root}`);
    }
  }

  async makeDirectory(): Promise<string> {
    const path = join(this.tmp, newId());
    await mkdir(path, { mode: 0o700 });
    return path;
  }

  newFile(): string {
    return join(this.tmp, newId());
  }

  /** Removes what was not finished. */
  async end(): Promise<void> {
    try {
      await this.#removeRest();
    } finally {
      await this.#lock.release();
    }
  }

  async #removeRest(): Promise<void> {
    try {
      await rmdir(this.tmp);
    } catch (error) {
      if (!isCode(error, 'ENOTEMPTY', 'EEXIST')) throw ioError(error, `cannot remove ${this.tmp}`);
      const directory = this.layout.directory('tmp');
      await this.#trees.remove(directory, this.tmp.slice(directory.length + 1));
    }
  }
}
