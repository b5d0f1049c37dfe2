import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { codeOf, ioError } from '../reason.js';
import { Batch } from './batch.js';
import type { OpenSink } from './open-sink.js';
import { openUnblocked, writePatiently } from './unblocked.js';

const BATCH = 1 << 16;

const WHAT = 'write the report';

/** Where the text goes at first, and what it is moved to when all of it is there; null when it is there already. */
interface Place {
  readonly path: string;
  readonly final: string | null;
  readonly unblocked: boolean;
}

class FileSink implements OpenSink {
  readonly #handle: FileHandle;
  readonly #place: Place;
  readonly #name: string;
  readonly #batch: Batch;
  readonly #aborted = new AbortController();

  constructor(handle: FileHandle, place: Place, { name, live }: { name: string; live: boolean }) {
    this.#handle = handle;
    this.#place = place;
    this.#name = name;
    const out = (text: string): Promise<void> =>
      place.unblocked ? writePatiently(handle, text, this.#aborted.signal) : handle.writeFile(text);
    this.#batch = new Batch(out, live ? 1 : BATCH);
  }

  write(text: string): Promise<void> {
    return this.#explained(() => this.#batch.add(text));
  }

  close(): Promise<void> {
    return this.#explained(async () => {
      try {
        await this.#batch.drain();
        // Some file systems say only now that there was no room.
        if (this.#place.final !== null) await this.#handle.datasync();
        await this.#handle.close();
        if (this.#place.final !== null) await rename(this.#place.path, this.#place.final);
      } catch (error) {
        await this.abort();
        throw error;
      }
    });
  }

  async abort(): Promise<void> {
    this.#aborted.abort();
    await this.#batch.settle();
    await this.#handle.close().catch(() => undefined);
    if (this.#place.final !== null) await rm(this.#place.path, { force: true }).catch(() => undefined);
  }

  async #explained(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      throw ioError(WHAT, this.#name, error);
    }
  }
}

async function statOrNull(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** A name in the same directory: only there can it be moved in one step. The old file's name may already be the longest. */
async function openBeside(path: string, old: Stats | null): Promise<[FileHandle, Place]> {
  // A link stays a link; what it points to is replaced.
  const final = old === null ? path : await realpath(path);
  const beside = join(dirname(final), `.hotcell-${randomBytes(8).toString('hex')}.tmp`);
  const mode = old === null ? 0o666 : old.mode & 0o777;
  return [await open(beside, 'wx', mode), { path: beside, final, unblocked: false }];
}

/** /dev/stdout may be a file that the shell has opened: it is added to, never emptied or replaced. */
const belongsToSystem = (path: string): boolean => /^\/(dev|proc)\//.test(path);

async function openAsIs(path: string): Promise<[FileHandle, Place]> {
  return [await openUnblocked(path), { path, final: null, unblocked: true }];
}

async function openPlace(path: string, live: boolean): Promise<[FileHandle, Place]> {
  if (belongsToSystem(path)) return openAsIs(path);
  await mkdir(dirname(path), { recursive: true });
  const old = await statOrNull(path);
  if (old?.isDirectory() === true) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
  if (old !== null && !old.isFile()) return openAsIs(path);
  return live ? [await open(path, 'w'), { path, final: null, unblocked: false }] : openBeside(path, old);
}

/**
 * A file for a report, with the directories that it lies in. What was there before stays until the report is complete,
 * unless it is `live`: then each text is there for others to read as soon as it is written.
 *
 * @throws HotcellError `io` when it cannot be written, now or in `write` and `close`
 */
export async function openFileSink(name: string, { live = false } = {}): Promise<OpenSink> {
  try {
    const [handle, place] = await openPlace(resolve(name), live);
    return new FileSink(handle, place, { name, live });
  } catch (error) {
    throw ioError(WHAT, name, error);
  }
}
