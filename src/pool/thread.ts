/**
 * A thread of the pool. One connection to the launcher serves all that it does; many requests are under way at a time, as
 * most of each is waiting. Nothing in here may throw outside of a request: that would end the thread.
 */
import { BroadcastChannel, parentPort, workerData } from 'node:worker_threads';
import type { WorkerContext } from '../worker/index.js';
import {
  type Cancel,
  errorData,
  type Notice,
  type Reply,
  type Request,
  type ThreadData,
} from './messages.js';
import { perform } from './perform.js';

/** Makes the context, from `data` of the pool's options. One that fails is asked for again by the next request. */
export type CreateContext = (data: unknown) => Promise<WorkerContext>;

const QUICK_MS = 20;

class Thread {
  readonly #createContext: CreateContext;
  readonly #data: unknown;
  readonly #active = new Map<number, AbortController>();
  #context: Promise<WorkerContext> | undefined;

  constructor(createContext: CreateContext, { channel, data }: ThreadData) {
    this.#createContext = createContext;
    this.#data = data;
    new BroadcastChannel(channel).onmessage = (event) => {
      const { ids } = (event as { readonly data: Cancel }).data;
      for (const id of ids) this.#active.get(id)?.abort();
    };
  }

  async answer({ id, item, sampleIntervalMs }: Request): Promise<Reply> {
    const ending = new AbortController();
    this.#active.set(id, ending);
    // From here on it can be cancelled; the main thread cancels once more when it hears that it has begun. Each message
    // wakes the main thread, so that what is quick does without this one: its answer says as much.
    const begun = setTimeout(() => tell({ kind: 'started', id }), QUICK_MS);
    try {
      const result = await perform(await this.#ready(), item, {
        signal: ending.signal,
        sampleIntervalMs,
        onSample: (sample) => tell({ kind: 'sample', id, sample }),
      });
      return { kind: 'done', result };
    } catch (error) {
      return { kind: 'failed', error: errorData(error) };
    } finally {
      clearTimeout(begun);
      this.#active.delete(id);
    }
  }

  async #ready(): Promise<WorkerContext> {
    try {
      this.#context ??= this.#createContext(this.#data);
      return await this.#context;
    } catch (error) {
      this.#context = undefined;
      throw error;
    }
  }
}

const tell = (notice: Notice): void => parentPort?.postMessage(notice);

/** For the module that the pool's `threadUrl` names: `export const answer = serveThread(…)`. */
export function serveThread(createContext: CreateContext): (request: Request) => Promise<Reply> {
  const thread = new Thread(createContext, workerData as ThreadData);
  return (request) => thread.answer(request);
}
