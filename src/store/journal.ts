/** The outcomes of a run as they come, one JSON text a line. What has been flushed survives a crash. */
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Outcome, outcomeSchema } from '../spec/index.js';
import { codeOf, ioError } from './io-error.js';

/** Who appends is held back when this much is not on the disk yet. */
const MAX_WAITING_BYTES = 4 * 1024 ** 2;
/** A longer line is none that we wrote; it is passed over without being held in memory. */
const MAX_LINE_BYTES = 256 * 1024 ** 2;

const TAIL_BYTES = 65_536;
const NEWLINE = 10;

/** Where the last complete line ends: a crash may have torn the one after it. */
async function completeLength(file: FileHandle, size: number): Promise<number> {
  let end = size;
  const buffer = Buffer.alloc(TAIL_BYTES);
  while (end > 0) {
    const start = Math.max(0, end - TAIL_BYTES);
    const { bytesRead } = await file.read(buffer, 0, end - start, start);
    const at = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}

async function dropTornLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  const length = await completeLength(file, size);
  if (length < size) await file.truncate(length);
}

export class JournalWriter {
  readonly #file: FileHandle;
  readonly #path: string;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #error: unknown;

  private constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /** Goes on after the last complete line of what is there. @throws HotcellError `io` */
  static async open(path: string): Promise<JournalWriter> {
    try {
      const file = await open(path, 'a+', 0o600);
      await dropTornLine(file);
      return new JournalWriter(file, path);
    } catch (cause) {
      throw ioError(`cannot write ${path}`, cause);
    }
  }

  /**
   * Returns before the outcome is on the disk, unless too much waits for it.
   *
   * @throws HotcellError `io` when this or an earlier outcome could not be written
   */
  async append(outcome: Outcome): Promise<void> {
    this.#check();
    const line = `${JSON.stringify(outcome)}\n`;
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    this.#writing ??= this.#writeAll();
    if (this.#waitingBytes > MAX_WAITING_BYTES) await this.flush();
  }

  /** Resolves when everything appended so far is on the disk. @throws HotcellError `io` */
  async flush(): Promise<void> {
    await this.#writing;
    this.#check();
  }

  /** Flushes and closes. @throws HotcellError `io` */
  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
    this.#check();
  }

  #check(): void {
    if (this.#error !== undefined) throw ioError(`cannot write ${this.#path}`, this.#error);
  }

  /** What comes in during a write and its fsync goes into the next, so that many outcomes share one fsync. */
  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const text = this.#waiting.join('');
        this.#waiting = [];
        this.#waitingBytes = 0;
        await this.#file.appendFile(text);
        await this.#file.datasync();
      }
    } catch (error) {
      this.#error = error;
    } finally {
      this.#writing = undefined;
    }
  }
}

/** Complete lines only, as bytes; those that are too long are given as null. */
async function* completeLines(path: string): AsyncGenerator<Buffer | null, void, undefined> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      parts.push(chunk.subarray(start, end));
      yield length + end - start > MAX_LINE_BYTES ? null : Buffer.concat(parts);
      parts = [];
      length = 0;
      start = end + 1;
    }
    length += chunk.length - start;
    if (length <= MAX_LINE_BYTES) parts.push(chunk.subarray(start));
  }
}

function parseLine(line: Buffer | null): Outcome | null {
  if (line === null) return null;
  try {
    return outcomeSchema.parse(JSON.parse(line.toString('utf8')));
  } catch {
    return null;
  }
}

/**
 * The outcomes in a journal, in the order they were written. A torn last line is what a crash leaves and is passed over;
 * so is any other line that is no outcome, since a case without an outcome only runs again.
 *
 * @throws HotcellError `io` when it cannot be read; one that is not there is empty
 */
export async function* readOutcomes(path: string): AsyncGenerator<Outcome, void, undefined> {
  try {
    for await (const line of completeLines(path)) {
      const outcome = parseLine(line);
      if (outcome !== null) yield outcome;
    }
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') throw ioError(`cannot read ${path}`, cause);
  }
}
