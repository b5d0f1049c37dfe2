/** Cases and builds in threads of their own: the main thread neither runs, nor compares, nor hashes. */
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, HotcellError, Semaphore } from '../core/index.js';
import type { Outcome } from '../spec/index.js';
import type { BuildTask, CaseTask } from '../worker/index.js';
import { Errand } from './errand.js';
import type { Reply, WorkItem, WorkResult } from './messages.js';
import { Place } from './place.js';
import type { Pool, Watch } from './pool.js';
import { withRetries } from './retry.js';

export interface PiscinaPoolOptions {
  /** The module that calls `serveThread`, as `serve`. Sources (.ts) are translated by tsx. */
  readonly threadUrl: URL;
  /** For the context that each thread makes; cloned. */
  readonly data: unknown;
  /** Runs at a time, in all threads together; more wait. */
  readonly tasks: number;
  /** Threads; one for two CPUs, 1 to 4, unless said otherwise. Each is started when it is first needed. */
  readonly workers?: number | undefined;
  /** How long a run that was cancelled may go on before its thread is ended; 10 s. */
  readonly graceMs?: number | undefined;
  /** How long a thread may take to begin with what it is given, before it counts as lost; 60 s. */
  readonly startMs?: number | undefined;
}

const MOST_USUAL_THREADS = 4;
const RETRY_PAUSE_MS = 50;
/** Threads that die one after the other, with nothing done between: no more are started then. */
const DEATHS_IN_A_ROW = 12;

export class PiscinaPool implements Pool {
  readonly #graceMs: number;
  readonly #startMs: number;
  readonly #places: readonly Place[];
  /** One more, for what lost its thread twice: here it can do no harm to others, nor they to it. */
  readonly #lonely: Place;
  readonly #alone = new Semaphore(1);
  readonly #permits: Semaphore;
  readonly #errands = new Map<number, Errand>();
  #nextId = 1;
  #deaths = 0;
  #closing: Promise<void> | undefined;

  /** @throws HotcellError `invalid-usage` for numbers that are none */
  constructor(options: PiscinaPoolOptions) {
    this.#permits = new Semaphore(options.tasks);
    this.#graceMs = options.graceMs ?? 10_000;
    this.#startMs = options.startMs ?? 60_000;
    const { threadUrl, data } = options;
    const makePlace = (number: number): Place =>
      new Place({
        number,
        threadUrl,
        data,
        onNotice: (notice) => this.#errands.get(notice.id)?.hear(notice),
        onLost: () => this.#deaths++,
      });
    this.#places = Array.from({ length: threadCount(options) }, (_, number) => makePlace(number));
    this.#lonely = makePlace(this.#places.length);
  }

  async case(task: CaseTask, watch: Watch): Promise<Outcome> {
    return (await this.#carryOut({ kind: 'case', task }, watch)).outcome;
  }

  build(task: BuildTask, watch: Watch): Promise<WorkResult> {
    return this.#carryOut({ kind: 'build', task }, watch);
  }

  close(): Promise<void> {
    const places = [...this.#places, this.#lonely];
    this.#closing ??= Promise.all(places.map((place) => place.close())).then(() => undefined);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #carryOut(item: WorkItem, watch: Watch): Promise<WorkResult> {
    // Not given up when it is cancelled meanwhile: all that are before it are, too, and an outcome is owed.
    const release = await this.#permits.acquire();
    try {
      return await withRetries((alone) => (alone ? this.#askAlone(item, watch) : this.#askAny(item, watch)), {
        signal: watch.signal,
        pause: () => sleep(RETRY_PAUSE_MS),
      });
    } finally {
      release();
    }
  }

  #askAny(item: WorkItem, watch: Watch): Promise<Reply> {
    return this.#ask(leastBusy(this.#places), item, watch);
  }

  async #askAlone(item: WorkItem, watch: Watch): Promise<Reply> {
    const release = await this.#alone.acquire();
    try {
      return await this.#ask(this.#lonely, item, watch);
    } finally {
      release();
    }
  }

  async #ask(place: Place, item: WorkItem, watch: Watch): Promise<Reply> {
    this.#checkUsable();
    const id = this.#nextId++;
    const asked = place.ask({ id, item, sampleIntervalMs: watch.sampleIntervalMs ?? null });
    // Only now: it may have been cancelled before, and that must come after the request.
    const errand = this.#errand(id, place, watch);
    this.#errands.set(id, errand);
    try {
      const reply = await asked;
      this.#deaths = 0;
      errand.done();
      return reply.kind === 'done' ? located(reply, place.number) : reply;
    } finally {
      errand.leave();
      this.#errands.delete(id);
    }
  }

  #checkUsable(): void {
    if (this.#closing !== undefined) throw fault('closed', 'the pool is closed');
    if (this.#deaths >= DEATHS_IN_A_ROW)
      throw fault('internal', `${this.#deaths} threads died one after the other`);
  }

  #errand(id: number, place: Place, watch: Watch): Errand {
    return new Errand({
      place: place.number,
      watch,
      startMs: this.#startMs,
      graceMs: this.#graceMs,
      cancel: () => place.cancel(id),
      kill: (why) => place.kill(why),
    });
  }
}

/** How many threads unless said otherwise. The programs need CPUs as well: with one for each of two, runs were a tenth slower. */
export const usualWorkers = (cpus: number): number =>
  Math.max(1, Math.min(MOST_USUAL_THREADS, Math.floor(cpus / 2)));

function threadCount({ workers }: PiscinaPoolOptions): number {
  const count = workers ?? usualWorkers(availableParallelism());
  if (Number.isInteger(count) && count >= 1) return count;
  throw fault('invalid-usage', `${count} is not a number of workers; use 1 or more`);
}

const fault = (code: ErrorCode, message: string): HotcellError => new HotcellError({ code, message });

const leastBusy = (places: readonly Place[]): Place =>
  places.reduce((best, place) => (place.active < best.active ? place : best));

function located({ kind, result }: Extract<Reply, { kind: 'done' }>, worker: number): Reply {
  return { kind, result: { ...result, outcome: { ...result.outcome, worker } } };
}
