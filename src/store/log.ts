/**
 * What a program wrote: `stdout` and `stderr` as they were, and `chunks`, which says in which order and when. A line of it is
 * `TIME STREAM BYTES`: milliseconds since 1970, 1 or 2, and how many bytes of that stream.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/index.js';
import { ioError } from './io-error.js';
import { FILES } from './layout.js';

export const LOG_STREAMS = ['stdout', 'stderr'] as const;

export type LogStream = (typeof LOG_STREAMS)[number];

export const STREAM_NUMBERS: Record<LogStream, number> = { stdout: 1, stderr: 2 };

/** What is kept of each stream. */
const MAX_STREAM_BYTES = 64 * 1024 ** 2;

/** `chunks` is written this often at most, and gets this many lines each time: a program must not make it long. */
const TICK_MS = 20;
const MAX_CHUNKS = 64;

interface Chunk {
  readonly atMs: number;
  readonly stream: LogStream;
  bytes: number;
}

/** One per stream: within a tick with too many changes of stream the order is given up. */
function merged(chunks: readonly Chunk[]): Chunk[] {
  return LOG_STREAMS.flatMap((stream) => {
    const own = chunks.filter((chunk) => chunk.stream === stream);
    const [first] = own;
    if (first === undefined) return [];
    return [{ ...first, bytes: own.reduce((sum, { bytes }) => sum + bytes, 0) }];
  });
}

export class LogWriter {
  readonly #files: Record<LogStream | 'chunks', FileHandle>;
  readonly #clock: Clock;
  readonly #left: Record<LogStream, number>;
  #chunks: Chunk[] = [];
  #timer: NodeJS.Timeout | undefined;
  #tail: Promise<void> = Promise.resolve();
  #error: unknown;

  private constructor(
    files: Record<LogStream | 'chunks', FileHandle>,
    clock: Clock,
    left: Record<LogStream, number>,
  ) {
    this.#files = files;
    this.#clock = clock;
    this.#left = left;
  }

  /** @throws HotcellError `io` */
  static async open(directory: string, clock: Clock): Promise<LogWriter> {
    const opened: FileHandle[] = [];
    const at = async (name: string): Promise<FileHandle> => {
      const file = await open(join(directory, name), 'a', 0o600);
      opened.push(file);
      return file;
    };
    try {
      const files = {
        stdout: await at(FILES.stdout),
        stderr: await at(FILES.stderr),
        chunks: await at(FILES.chunks),
      };
      return new LogWriter(files, clock, { stdout: MAX_STREAM_BYTES, stderr: MAX_STREAM_BYTES });
    } catch (cause) {
      for (const file of opened) await file.close();
      throw ioError(`cannot write a log in ${directory}`, cause);
    }
  }

  /** Why not everything was written; undefined when it was, or was more than is kept. */
  get error(): unknown {
    return this.#error;
  }

  /** Settles when the bytes are written. Never rejects: a log that cannot be kept must not disturb the program. */
  async write(stream: LogStream, bytes: Uint8Array): Promise<void> {
    const kept = bytes.subarray(0, this.#left[stream]);
    if (kept.byteLength === 0 || this.#error !== undefined) return;
    this.#left[stream] -= kept.byteLength;
    // A copy, since the caller may use the buffer again.
    const copy = Buffer.from(kept);
    await this.#queue(async () => {
      await this.#files[stream].appendFile(copy);
      this.#note(stream, copy.byteLength);
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#queue(async () => await this.#writeChunks());
    for (const file of Object.values(this.#files)) await file.close();
  }

  #queue(act: () => Promise<void>): Promise<void> {
    this.#tail = this.#tail.then(act).catch((error: unknown) => {
      this.#error ??= error;
    });
    return this.#tail;
  }

  #note(stream: LogStream, bytes: number): void {
    const atMs = this.#clock.date().getTime();
    const last = this.#chunks.at(-1);
    if (last?.stream === stream && atMs - last.atMs < TICK_MS) last.bytes += bytes;
    else this.#chunks.push({ atMs, stream, bytes });
    if (this.#chunks.length > MAX_CHUNKS) this.#chunks = merged(this.#chunks);
    this.#timer ??= setTimeout(() => void this.#queue(async () => await this.#writeChunks()), TICK_MS);
  }

  async #writeChunks(): Promise<void> {
    this.#timer = undefined;
    const chunks = this.#chunks;
    this.#chunks = [];
    const lines = chunks.map(({ atMs, stream, bytes }) => `${atMs} ${STREAM_NUMBERS[stream]} ${bytes}\n`);
    if (lines.length > 0) await this.#files.chunks.appendFile(lines.join(''));
  }
}
