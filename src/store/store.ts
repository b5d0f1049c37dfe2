import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, HotcellError, newId, quote, systemClock } from '../core/index.js';
import type { Outcome } from '../spec/index.js';
import { LiveRun } from './handle.js';
import { ioError } from './io-error.js';
import { readEntries } from './journal.js';
import { JudgedOutcomes } from './judged.js';
import { FILES, Layout } from './layout.js';
import { checkName, claimName, sweepNames } from './names.js';
import { claim, isOwned } from './owner.js';
import {
  DEFAULT_RETENTION,
  measureRuns,
  overdue,
  type Retention,
  removeRemains,
  removeRun,
} from './prune.js';
import { type LogPiece, readFollowing } from './read-log.js';
import { type NewRun, newRecord, type RunRecord, resumedRecord, writeRecord } from './record.js';
import { resolveRun } from './resolve.js';
import { type StoredRun, stateOf } from './state.js';
import { stop } from './stop.js';

export interface StoreOptions {
  readonly clock?: Clock | undefined;
  /** What holds after each run that is finished; the default is a month, 1 GiB and 1000 runs. */
  readonly retention?: Retention | undefined;
}

export interface ListOptions {
  /** Told of each run whose record cannot be read; such runs are left out. */
  readonly onDamaged?: ((id: string, error: unknown) => void) | undefined;
}

function isStillRunning(title: string): HotcellError {
  return new HotcellError({
    code: 'invalid-usage',
    message: `run ${quote(title)} is running`,
    hint: 'wait for its end, or end and remove it: hotcell rm -f',
  });
}

/** How many records are read at a time: each needs a few descriptors. */
const BATCH = 32;

/** The runs that are kept on this machine. Any number of processes may use it at once. */
export class RunStore {
  readonly #layout: Layout;
  readonly #clock: Clock;
  readonly #retention: Retention;

  private constructor(layout: Layout, { clock = systemClock, retention = DEFAULT_RETENTION }: StoreOptions) {
    this.#layout = layout;
    this.#clock = clock;
    this.#retention = retention;
  }

  /**
   * @param home see `homeDirectory`; made when it is not there
   * @throws HotcellError `io`
   */
  static async open(home: string, options: StoreOptions = {}): Promise<RunStore> {
    return new RunStore(await Layout.make(home), options);
  }

  /**
   * Begins a run. Nobody sees it before it has its name.
   *
   * @throws HotcellError `invalid-usage` for a name that is none or that another run has, `io`
   */
  async create(run: NewRun): Promise<LiveRun> {
    if (run.name !== null && run.name !== undefined) checkName(run.name);
    const record = newRecord(newId(this.#clock), this.#clock.date(), run);
    const directory = this.#layout.unborn(record.id);
    try {
      await mkdir(directory, { mode: 0o700 });
      await claim(directory, async () => true);
      await writeRecord(directory, record);
      if (record.name !== null) await claimName(this.#layout, record.name, record.id);
      await rename(directory, this.#layout.run(record.id));
    } catch (cause) {
      await rm(directory, { recursive: true, force: true });
      throw ioError(`cannot begin a run in ${this.#layout.runs}`, cause);
    }
    try {
      return await this.#live(record);
    } catch (error) {
      await removeRun(this.#layout, record.id);
      throw error;
    }
  }

  /**
   * Goes on with a run that was interrupted, or is to be repeated in part: its journal is kept and appended to.
   *
   * @throws HotcellError `invalid-usage` when there is no such run, or it is running; `io`
   */
  async resume(reference: string): Promise<LiveRun> {
    const { record, directory } = await this.get(reference);
    const isFree = async (): Promise<boolean> => (await stateOf(directory)).state !== 'running';
    const turn = await claim(directory, isFree);
    if (turn === null) throw isStillRunning(record.name ?? record.id);
    const resumed = resumedRecord(record, turn);
    await writeRecord(directory, resumed);
    return await this.#live(resumed);
  }

  /** All runs, the newest first. @throws HotcellError `io` */
  async list({ onDamaged = () => undefined }: ListOptions = {}): Promise<StoredRun[]> {
    const ids = await this.#layout.ids();
    const read = async (id: string): Promise<StoredRun | null> => {
      try {
        return await this.#read(id);
      } catch (error) {
        onDamaged(id, error);
        return null;
      }
    };
    const runs: (StoredRun | null)[] = [];
    for (let at = 0; at < ids.length; at += BATCH) {
      runs.push(...(await Promise.all(ids.slice(at, at + BATCH).map(read))));
    }
    return runs.filter((run) => run !== null);
  }

  /**
   * The run with this id, this name, or an id that begins like this.
   *
   * @throws HotcellError `invalid-usage` when there is none or more than one, `io` when its record cannot be read
   */
  async get(reference: string): Promise<StoredRun> {
    const id = await resolveRun(this.#layout, reference);
    const run = await this.#read(id);
    if (run !== null) return run;
    throw new HotcellError({
      code: 'invalid-usage',
      message: `there is no run ${quote(reference)} any more`,
    });
  }

  /**
   * Removes a run and frees its name.
   *
   * @param options with `force` one that runs is ended first, where its process serves nothing else
   * @returns its id
   * @throws HotcellError `invalid-usage` when there is no such run or it is running
   */
  async remove(reference: string, { force = false } = {}): Promise<string> {
    const id = await resolveRun(this.#layout, reference);
    const directory = this.#layout.run(id);
    if (await this.#isRunning(directory)) {
      if (!force) throw isStillRunning(reference);
      await stop(directory);
    }
    await removeRun(this.#layout, id);
    await sweepNames(this.#layout);
    return id;
  }

  /**
   * Removes what is over the limits, and what crashes left behind.
   *
   * @returns the ids of the runs that are gone
   */
  async prune(retention: Retention = this.#retention): Promise<string[]> {
    const nowMs = this.#clock.date().getTime();
    const removed: string[] = [];
    for (const id of overdue(await measureRuns(this.#layout, nowMs), retention)) {
      if (await this.#isRunning(this.#layout.run(id))) continue;
      if (await removeRun(this.#layout, id)) removed.push(id);
    }
    await removeRemains(this.#layout, nowMs);
    await sweepNames(this.#layout);
    return removed;
  }

  /** The outcomes in a run's journal, in the order they came. @throws as `get` */
  async *outcomes(reference: string): AsyncGenerator<Outcome, void, undefined> {
    const { directory } = await this.get(reference);
    for await (const { outcome } of readEntries(join(directory, FILES.journal))) yield outcome;
  }

  /**
   * What has been judged already: of each key the last final outcome. Those that `keyOf` gives null are left out.
   *
   * @param keyOf is told of an outcome and the digest that it was appended with
   * @throws as `get`
   */
  async readJournal(
    reference: string,
    keyOf: (outcome: Outcome, digest: string | null) => string | null,
  ): Promise<JudgedOutcomes> {
    const { directory } = await this.get(reference);
    const path = join(directory, FILES.journal);
    const done = new JudgedOutcomes(path);
    for await (const entry of readEntries(path)) {
      const key = entry.outcome.final ? keyOf(entry.outcome, entry.digest) : null;
      if (key !== null) done.put(key, entry);
    }
    return done;
  }

  /**
   * What a run's program wrote, in order; with `follow` until the run is over or the signal is aborted.
   *
   * @throws as `get`
   */
  async *log(
    reference: string,
    { follow = false, signal }: { follow?: boolean; signal?: AbortSignal | undefined } = {},
  ): AsyncGenerator<LogPiece, void, undefined> {
    const { directory } = await this.get(reference);
    const isOver = async (): Promise<boolean> => !follow || (await stateOf(directory)).state !== 'running';
    yield* readFollowing(directory, { isOver, signal });
  }

  async #live(record: RunRecord): Promise<LiveRun> {
    return await LiveRun.open({
      directory: this.#layout.run(record.id),
      record,
      clock: this.#clock,
      onFinished: async () => {
        await this.prune();
      },
    });
  }

  async #read(id: string): Promise<StoredRun | null> {
    const directory = this.#layout.run(id);
    const { record, state, pid } = await stateOf(directory);
    return record === null ? null : { record, state, pid, directory };
  }

  /** A record that cannot be read says nothing, but may be that of a newer version which is at work. */
  async #isRunning(directory: string): Promise<boolean> {
    try {
      return (await stateOf(directory)).state === 'running';
    } catch {
      return await isOwned(directory);
    }
  }
}
