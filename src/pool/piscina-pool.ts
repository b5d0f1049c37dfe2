/** Cases and builds in threads of their own: the main thread neither runs, nor compares, nor hashes. */
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { BroadcastChannel } from 'node:worker_threads';
import { formatMs, HotcellError, newId, onAbort, Semaphore } from '../core/index.js';
import type { Outcome } from '../spec/index.js';
import type { BuildTask, CaseTask } from '../worker/index.js';
import type { Cancel, Notice, Reply, Request, WorkItem, WorkResult } from './messages.js';
import { Place } from './place.js';
import type { Pool, Watch } from './pool.js';
import { withRetries } from './retry.js';

export interface PiscinaPoolOptions {
  /** The module that calls `serveThread`, as `answer`. Sources (.ts) are translated by tsx. */
  readonly threadUrl: URL;
  /** For the context that each thread makes; cloned. */
  readonly data: unknown;
  /** Runs at a time, in all threads together; more wait. */
  readonly tasks: number;
  /** Threads; as many as there are CPUs, at most 4, unless said otherwise. Each is started when it is first needed. */
  readonly workers?: number | undefined;
  /** How long a run that was cancelled may go on before its thread is ended; 10 s. */
  readonly graceMs?: number | undefined;
  /** How long a thread may take to begin with what it is given, before it counts as lost; 60 s. */
  readonly startMs?: number | undefined;
}

const USUAL_THREADS = 4;
const RETRY_PAUSE_MS = 50;
/** Threads that die one after the other, with nothing done between: no more are started then. */
const DEATHS_IN_A_ROW = 12;

/** A request that is under way. */
interface Asked {
  readonly place: number;
  readonly watch: Watch;
  started: () => void;
}

export class PiscinaPool implements Pool {
  readonly #graceMs: number;
  readonly #startMs: number;
  readonly #places: readonly Place[];
  /** One more, for what lost its thread twice: here it can do no harm to others, nor they to it. */
  readonly #lonely: Place;
  readonly #alone = new Semaphore(1);
  readonly #permits: Semaphore;
  readonly #cancels: BroadcastChannel;
  readonly #asked = new Map<number, Asked>();
  #nextId = 1;
  #deaths = 0;
  #closing: Promise<void> | undefined;

  /** @throws HotcellError `invalid-usage` for numbers that are none */
  constructor(options: PiscinaPoolOptions) {
    this.#permits = new Semaphore(options.tasks);
    this.#graceMs = options.graceMs ?? 10_000;
    this.#startMs = options.startMs ?? 60_000;
    const channel = `hotcell-pool-${newId()}`;
    this.#cancels = new BroadcastChannel(channel);
    this.#cancels.unref();
    const { threadUrl, data } = options;
    const makePlace = (): Place =>
      new Place({
        threadUrl,
        threadData: { channel, data },
        onNotice: (notice) => this.#hear(notice),
        onLost: () => this.#deaths++,
      });
    this.#places = Array.from({ length: threadCount(options) }, makePlace);
    this.#lonely = makePlace();
  }

  async case(task: CaseTask, watch: Watch): Promise<Outcome> {
    return (await this.#carryOut({ kind: 'case', task }, watch)).outcome;
  }

  build(task: BuildTask, watch: Watch): Promise<WorkResult> {
    return this.#carryOut({ kind: 'build', task }, watch);
  }

  close(): Promise<void> {
    this.#closing ??= Promise.all([...this.#places, this.#lonely].map((place) => place.close())).then(() =>
      this.#cancels.close(),
    );
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
    const number = leastBusy(this.#places);
    return this.#ask(this.#places[number] as Place, item, { place: number, watch, started: () => undefined });
  }

  async #askAlone(item: WorkItem, watch: Watch): Promise<Reply> {
    const release = await this.#alone.acquire();
    try {
      return await this.#ask(this.#lonely, item, {
        place: this.#places.length,
        watch,
        started: () => undefined,
      });
    } finally {
      release();
    }
  }

  async #ask(place: Place, item: WorkItem, asked: Asked): Promise<Reply> {
    if (this.#closing !== undefined)
      throw new HotcellError({ code: 'closed', message: 'the pool is closed' });
    if (this.#deaths >= DEATHS_IN_A_ROW) {
      throw new HotcellError({
        code: 'internal',
        message: `${this.#deaths} threads died one after the other`,
      });
    }
    const request = { id: this.#nextId++, item, sampleIntervalMs: asked.watch.sampleIntervalMs ?? null };
    const unwatch = this.#watch(request, place, asked);
    try {
      const reply = await place.ask(request);
      this.#deaths = 0;
      return reply.kind === 'done' ? located(reply, asked.place) : reply;
    } finally {
      unwatch();
      this.#asked.delete(request.id);
    }
  }

  /** Sees to it that the request begins in time, and ends in time once it is cancelled. Gives what stops that. */
  #watch({ id }: Request, place: Place, asked: Asked): () => void {
    const kill = (why: string, ms: number) => setTimeout(() => place.kill(why), ms);
    let timer = kill(`its thread did not begin with it in ${formatMs(this.#startMs)}`, this.#startMs);
    asked.started = () => {
      if (!asked.watch.signal.aborted) clearTimeout(timer);
    };
    this.#asked.set(id, asked);
    const unlisten = onAbort(asked.watch.signal, () => {
      clearTimeout(timer);
      timer = kill(`it went on for ${formatMs(this.#graceMs)} after it was cancelled`, this.#graceMs);
      this.#cancel(id);
    });
    return () => {
      clearTimeout(timer);
      unlisten();
    };
  }

  #hear(notice: Notice): void {
    const asked = this.#asked.get(notice.id);
    if (asked === undefined) return;
    const { watch, place } = asked;
    if (notice.kind === 'sample') {
      watch.onSample?.(notice.sample);
      return;
    }
    asked.started();
    // What was sent before the thread listened, it has not heard.
    if (watch.signal.aborted) this.#cancel(notice.id);
    watch.onStarted?.(place);
  }

  #cancel(id: number): void {
    this.#cancels.postMessage({ ids: [id] } satisfies Cancel);
  }
}

function threadCount({ workers }: PiscinaPoolOptions): number {
  const count = workers ?? Math.min(USUAL_THREADS, availableParallelism());
  if (Number.isInteger(count) && count >= 1) return count;
  throw new HotcellError({
    code: 'invalid-usage',
    message: `${count} is not a number of workers; use 1 or more`,
  });
}

function leastBusy(places: readonly Place[]): number {
  const fewest = Math.min(...places.map(({ active }) => active));
  return places.findIndex(({ active }) => active === fewest);
}

function located({ kind, result }: Extract<Reply, { kind: 'done' }>, worker: number): Reply {
  return { kind, result: { ...result, outcome: { ...result.outcome, worker } } };
}
