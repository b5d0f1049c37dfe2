/**
 * The outcomes of a run as they come, one JSON text a line; beside the fields of an outcome it has `digest`, what its case
 * was. What has been flushed survives a crash.
 */
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import * as z from 'zod';
import { type Outcome, outcomeSchema } from '../spec/index.js';
import { codeOf, ioError } from './io-error.js';
import { withoutText } from './record.js';

/** Who appends is held back when this much is not on the disk yet. */
const MAX_WAITING_BYTES = 4 * 1024 ** 2;
/** A longer line is none that we wrote; it is passed over without being held in memory. */
const MAX_LINE_BYTES = 256 * 1024 ** 2;

/** A journal this long gets outcomes without what was written and measured as they ran: verdicts are worth more. */
const MAX_FULL_BYTES = 512 * 1024 ** 2;

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

/** @returns what is left */
async function dropTornLine(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  const length = await completeLength(file, size);
  if (length < size) await file.truncate(length);
  return length;
}

function lean(outcome: Outcome): Outcome {
  const { companions, differences } = outcome;
  return {
    ...withoutText(outcome),
    companions: companions.map((one) => withoutText(one)),
    differences: differences.map((one) => ({ ...one, expected: null, actual: null, text: '' })),
    outputs: [],
    series: null,
  };
}

export class JournalWriter {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #maxFullBytes: number;
  /** With all that waits to be written. */
  #bytes: number;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #error: unknown;

  private constructor(file: FileHandle, path: string, size: { bytes: number; maxFullBytes: number }) {
    this.#file = file;
    this.#path = path;
    this.#bytes = size.bytes;
    this.#maxFullBytes = size.maxFullBytes;
  }

  /**
   * Goes on after the last complete line of what is there.
   *
   * @param maxFullBytes from this length on, outcomes are kept without what was written and without series
   * @throws HotcellError `io`
   */
  static async open(path: string, maxFullBytes: number = MAX_FULL_BYTES): Promise<JournalWriter> {
    try {
      const file = await open(path, 'a+', 0o600);
      const bytes = await dropTornLine(file);
      return new JournalWriter(file, path, { bytes, maxFullBytes });
    } catch (cause) {
      throw ioError(`cannot write ${path}`, cause);
    }
  }

  /**
   * Returns before the outcome is on the disk, unless too much waits for it.
   *
   * @param digest of what the outcome's case was, for whoever reads it to tell whether it still is
   * @throws HotcellError `io` when this or an earlier outcome could not be written
   */
  async append(outcome: Outcome, digest: string | null = null): Promise<void> {
    this.#check();
    const line = this.#lineOf(outcome, digest);
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    this.#bytes += Buffer.byteLength(line);
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

  #lineOf(outcome: Outcome, digest: string | null): string {
    const kept = this.#bytes < this.#maxFullBytes ? outcome : lean(outcome);
    return `${JSON.stringify({ ...kept, digest })}\n`;
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

/** A complete line without its end. Null bytes: it is too long. */
interface Line {
  readonly bytes: Buffer | null;
  /** Where it begins in the file, and how long it is, in bytes. */
  readonly start: number;
  readonly length: number;
}

/** Complete lines only. */
async function* completeLines(path: string): AsyncGenerator<Line, void, undefined> {
  let parts: Buffer[] = [];
  let length = 0;
  let start = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      length += end - from;
      parts.push(chunk.subarray(from, end));
      yield { bytes: length > MAX_LINE_BYTES ? null : Buffer.concat(parts), start, length };
      start += length + 1;
      parts = [];
      length = 0;
      from = end + 1;
    }
    length += chunk.length - from;
    if (length <= MAX_LINE_BYTES) parts.push(chunk.subarray(from));
  }
}

/** An outcome in a journal, and where it is. */
export interface JournalEntry {
  readonly outcome: Outcome;
  /** Null where none was given. */
  readonly digest: string | null;
  /** The place of its text in the file, in bytes. */
  readonly start: number;
  readonly length: number;
}

/** Null for what is no line of a journal. */
export function parseLine(bytes: Buffer | null): Pick<JournalEntry, 'outcome' | 'digest'> | null {
  if (bytes === null) return null;
  try {
    const { digest = null, ...outcome } = JSON.parse(bytes.toString('utf8'));
    return { outcome: outcomeSchema.parse(outcome), digest: z.string().nullable().parse(digest) };
  } catch {
    return null;
  }
}

/**
 * What is in a journal, in the order it was written. A torn last line is what a crash leaves and is passed over; so is any
 * other line that is no outcome, since a case without an outcome only runs again.
 *
 * @throws HotcellError `io` when it cannot be read; one that is not there is empty
 */
export async function* readEntries(path: string): AsyncGenerator<JournalEntry, void, undefined> {
  try {
    for await (const { bytes, start, length } of completeLines(path)) {
      const parsed = parseLine(bytes);
      if (parsed !== null) yield { ...parsed, start, length };
    }
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') throw ioError(`cannot read ${path}`, cause);
  }
}
