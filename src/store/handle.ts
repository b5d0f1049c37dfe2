import { join } from 'node:path';
import { type Clock, HotcellError } from '../core/index.js';
import type { Outcome } from '../spec/index.js';
import { ioError } from './io-error.js';
import { JournalWriter } from './journal.js';
import { FILES } from './layout.js';
import { type LogStream, LogWriter } from './log.js';
import { finishedRecord, type RunRecord, type RunResult, writeRecord } from './record.js';

interface LiveRunParts {
  readonly directory: string;
  readonly record: RunRecord;
  readonly clock: Clock;
  /** What is to happen when the run is over and its record is written. */
  readonly onFinished: () => Promise<void>;
}

/** A run that this process is in the middle of, on its way into the history. */
export class LiveRun implements AsyncDisposable {
  readonly #parts: LiveRunParts;
  readonly #journal: JournalWriter;
  readonly #log: LogWriter;
  #finished = false;

  private constructor(parts: LiveRunParts, journal: JournalWriter, log: LogWriter) {
    this.#parts = parts;
    this.#journal = journal;
    this.#log = log;
  }

  /** @throws HotcellError `io` */
  static async open(parts: LiveRunParts): Promise<LiveRun> {
    const journal = await JournalWriter.open(join(parts.directory, FILES.journal));
    try {
      return new LiveRun(parts, journal, await LogWriter.open(parts.directory, parts.clock));
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  get id(): string {
    return this.#parts.record.id;
  }

  get record(): RunRecord {
    return this.#parts.record;
  }

  /**
   * Puts an outcome into the journal; held back when the disk is slower than the outcomes.
   *
   * @param digest of what its case was, so that `readJournal` can tell whether it still is
   * @throws HotcellError `io` when this or an earlier one could not be written
   */
  async append(outcome: Outcome, digest: string | null = null): Promise<void> {
    this.#checkOpen();
    await this.#journal.append(outcome, digest);
  }

  /** Resolves when all outcomes so far survive a crash. @throws HotcellError `io` */
  async flush(): Promise<void> {
    await this.#journal.flush();
  }

  /** Keeps what the program wrote. Never rejects; what was wrong is thrown by `finish`. */
  async write(stream: LogStream, bytes: Uint8Array): Promise<void> {
    if (!this.#finished) await this.#log.write(stream, bytes);
  }

  /**
   * Writes how it ended, and removes what the history is not to keep any longer.
   *
   * @throws HotcellError `io`, after everything that could be written has been
   */
  async finish(result: RunResult): Promise<void> {
    this.#checkOpen();
    this.#finished = true;
    const { directory, record, clock, onFinished } = this.#parts;
    const problems: unknown[] = [];
    const attempt = async (act: () => Promise<void>): Promise<void> => {
      await act().catch((error: unknown) => problems.push(error));
    };
    await attempt(async () => await this.#journal.close());
    await attempt(async () => await this.#log.close());
    await attempt(async () => await writeRecord(directory, finishedRecord(record, clock.date(), result)));
    await attempt(onFinished);
    const [problem = this.#log.error] = problems;
    if (problem !== undefined) throw ioError(`cannot keep everything of run ${record.id}`, problem);
  }

  /** Closes its files and says nothing of an end: once this process is gone the run counts as lost. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#finished) return;
    this.#finished = true;
    await Promise.allSettled([this.#journal.close(), this.#log.close()]);
  }

  #checkOpen(): void {
    if (!this.#finished) return;
    throw new HotcellError({ code: 'closed', message: `run ${this.id} is over` });
  }
}
