import { watch } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { onAbort } from '../core/index.js';
import { ioError, unlessAbsent } from './io-error.js';
import { FILES } from './layout.js';
import { LOG_STREAMS, type LogStream, STREAM_NUMBERS } from './log.js';

/** Something that a program wrote at once. */
export interface LogPiece {
  readonly stream: LogStream;
  readonly atMs: number;
  readonly bytes: Uint8Array;
}

const PIECE_BYTES = 65_536;
/** A process that dies tells nobody, so whether one did is looked at this often. */
const LOOK_MS = 500;

const LINE = /^(\d{1,15}) ([12]) (\d{1,15})$/;

/** One file, read on as it grows. */
class Growing {
  readonly #path: string;
  #file: FileHandle | undefined;
  #offset = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** At most `max` bytes that were not read before; empty when there are none yet. */
  async read(max: number): Promise<Buffer> {
    this.#file ??= await unlessAbsent(async () => await open(this.#path, 'r'), undefined);
    if (this.#file === undefined) return Buffer.alloc(0);
    const buffer = Buffer.alloc(Math.min(max, PIECE_BYTES));
    const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#offset);
    this.#offset += bytesRead;
    return buffer.subarray(0, bytesRead);
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}

const streamOf = (number: number): LogStream =>
  LOG_STREAMS.find((stream) => STREAM_NUMBERS[stream] === number) ?? 'stdout';

/** The pieces of a log from its beginning; what was given once is not given again. */
class LogReader {
  readonly #streams: Record<LogStream, Growing>;
  readonly #chunks: Growing;
  #line = '';
  #lastMs: number;

  constructor(directory: string, startMs: number) {
    const at = (name: string): Growing => new Growing(join(directory, name));
    this.#streams = { stdout: at(FILES.stdout), stderr: at(FILES.stderr) };
    this.#chunks = at(FILES.chunks);
    this.#lastMs = startMs;
  }

  /** What is there in the order of `chunks`. */
  async *ordered(): AsyncGenerator<LogPiece, void, undefined> {
    for (let text = await this.#chunks.read(PIECE_BYTES); text.length > 0; ) {
      const lines = (this.#line + text.toString('latin1')).split('\n');
      this.#line = lines.pop() ?? '';
      for (const line of lines) yield* this.#chunk(line);
      text = await this.#chunks.read(PIECE_BYTES);
    }
  }

  /** What no line of `chunks` speaks of, since whoever wrote it died before that. */
  async *rest(): AsyncGenerator<LogPiece, void, undefined> {
    for (const stream of LOG_STREAMS) yield* this.#pieces(stream, Infinity);
  }

  async close(): Promise<void> {
    for (const file of [...Object.values(this.#streams), this.#chunks]) await file.close();
  }

  async *#chunk(line: string): AsyncGenerator<LogPiece, void, undefined> {
    const [, atMs, number, bytes] = LINE.exec(line) ?? [];
    // What no line speaks of comes with the rest.
    if (bytes === undefined) return;
    this.#lastMs = Number(atMs);
    yield* this.#pieces(streamOf(Number(number)), Number(bytes));
  }

  async *#pieces(stream: LogStream, bytes: number): AsyncGenerator<LogPiece, void, undefined> {
    for (let left = bytes; left > 0; ) {
      const piece = await this.#streams[stream].read(left);
      if (piece.length === 0) return;
      left -= piece.length;
      yield { stream, atMs: this.#lastMs, bytes: piece };
    }
  }
}

/** Resolves when something in the directory changes, or it is time to look. */
class Changes {
  readonly #watcher;
  #changed = false;
  #wake: () => void = () => undefined;

  constructor(directory: string) {
    // Where inotify has no watch left, looking now and then must do.
    this.#watcher = watchOrNull(directory, () => {
      this.#changed = true;
      this.#wake();
    });
  }

  async next(signal: AbortSignal | undefined): Promise<void> {
    if (this.#changed || signal?.aborted) {
      this.#changed = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      const stop = onAbort(signal, resolve);
      this.#wake = () => {
        clearTimeout(timer);
        stop();
        resolve();
      };
    });
    this.#wake();
    this.#changed = false;
  }

  close(): void {
    this.#watcher?.close();
  }
}

function watchOrNull(directory: string, onChange: () => void) {
  try {
    return watch(directory, onChange).on('error', () => undefined);
  } catch {
    return null;
  }
}

interface Following {
  readonly isOver: () => Promise<boolean>;
  readonly signal?: AbortSignal | undefined;
}

async function* follow(
  reader: LogReader,
  changes: Changes,
  { isOver, signal }: Following,
): AsyncGenerator<LogPiece, void, undefined> {
  for (;;) {
    // Asked first: what is written between the answer and the reading is read then.
    const over = await isOver();
    yield* reader.ordered();
    if (signal?.aborted) return;
    if (over) return yield* reader.rest();
    await changes.next(signal);
  }
}

/** What was written in the run of `directory`, and what is being written until the run is over. */
export async function* readFollowing(
  directory: string,
  following: Following,
): AsyncGenerator<LogPiece, void, undefined> {
  const found = await unlessAbsent(async () => await stat(directory), null);
  const reader = new LogReader(directory, found?.mtimeMs ?? 0);
  const changes = new Changes(directory);
  try {
    yield* follow(reader, changes, following);
  } catch (cause) {
    throw ioError(`cannot read the log in ${directory}`, cause);
  } finally {
    changes.close();
    await reader.close();
  }
}
