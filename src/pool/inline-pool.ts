/** Cases and builds in this thread: for a few of them, where starting threads would take longer than it saves. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HotcellError, onAbort, Semaphore } from '../core/index.js';
import type { Outcome } from '../spec/index.js';
import type { BuildTask, CaseTask, WorkerContext } from '../worker/index.js';
import { errorData, type Reply, type WorkItem, type WorkResult } from './messages.js';
import { perform } from './perform.js';
import type { Pool, Watch } from './pool.js';
import { withRetries } from './retry.js';

export interface InlinePoolOptions {
  /** Its launcher is its owner's, who closes it. */
  readonly context: WorkerContext;
  /** Runs at a time; more wait. */
  readonly tasks: number;
}

const RETRY_PAUSE_MS = 50;
/** There is one place. */
const PLACE = 0;

export class InlinePool implements Pool {
  readonly #context: WorkerContext;
  readonly #permits: Semaphore;
  readonly #closing = new AbortController();
  readonly #active = new Set<Promise<unknown>>();

  constructor({ context, tasks }: InlinePoolOptions) {
    this.#context = context;
    this.#permits = new Semaphore(tasks);
  }

  async case(task: CaseTask, watch: Watch): Promise<Outcome> {
    return (await this.#carryOut({ kind: 'case', task }, watch)).outcome;
  }

  build(task: BuildTask, watch: Watch): Promise<WorkResult> {
    return this.#carryOut({ kind: 'build', task }, watch);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#active);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #carryOut(item: WorkItem, watch: Watch): Promise<WorkResult> {
    const release = await this.#permits.acquire();
    const ending = new AbortController();
    // Not AbortSignal.any: what that makes stays with a signal that outlives it.
    const unlisten = [watch.signal, this.#closing.signal].map((from) => onAbort(from, () => ending.abort()));
    const { signal } = ending;
    const pause = () => sleep(RETRY_PAUSE_MS);
    const carried = withRetries(() => this.#attempt(item, watch, signal), { signal, pause });
    this.#active.add(carried);
    try {
      return await carried;
    } finally {
      this.#active.delete(carried);
      for (const stop of unlisten) stop();
      release();
    }
  }

  async #attempt(item: WorkItem, watch: Watch, signal: AbortSignal): Promise<Reply> {
    if (this.#closing.signal.aborted)
      throw new HotcellError({ code: 'closed', message: 'the pool is closed' });
    watch.onStarted?.(PLACE);
    const { sampleIntervalMs, onSample } = watch;
    try {
      const { outcome, files } = await perform(this.#context, item, { signal, sampleIntervalMs, onSample });
      return { kind: 'done', result: { outcome: { ...outcome, worker: PLACE }, files } };
    } catch (error) {
      return { kind: 'failed', error: errorData(error) };
    }
  }
}
