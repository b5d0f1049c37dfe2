/**
 * A thread of the pool. One connection to the launcher serves all that it does; many requests are under way at a time, as
 * most of each is waiting. Nothing in here may throw outside of a request: that would end the thread.
 */
import { type MessagePort, workerData } from 'node:worker_threads';
import type { WorkerContext } from '../worker/index.js';
import { errorData, type Reply, type Request, type Said, type Told } from './messages.js';
import { perform } from './perform.js';

/** Makes the context, from `data` of the pool's options. One that fails is asked for again by the next request. */
export type CreateContext = (data: unknown) => Promise<WorkerContext>;

/** What has ended by then is not said to have begun. */
const QUICK_MS = 20;

/** How long a reply may wait for others. */
const LINGER_MS = 2;

/**
 * What is said goes several at a time, as waking the main thread costs more than to write what it is woken for. Replies wait
 * for others only while there is more under way than waits: there is work enough for the CPUs then.
 */
class Outbox {
  readonly #port: MessagePort;
  #waiting: Said[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  now(said: Said): void {
    this.#waiting.push(said);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#port.postMessage(this.#waiting);
    this.#waiting = [];
  }

  /** @param active how many may follow */
  soon(said: Said, active: number): void {
    if (active <= this.#waiting.length + 1) {
      this.now(said);
      return;
    }
    this.#waiting.push(said);
    this.#timer ??= setTimeout(() => {
      const last = this.#waiting.pop();
      if (last !== undefined) this.now(last);
    }, LINGER_MS);
  }
}

class Thread {
  readonly #createContext: CreateContext;
  readonly #outbox: Outbox;
  readonly #active = new Map<number, AbortController>();
  #context: Promise<WorkerContext> | undefined;

  constructor(createContext: CreateContext, port: MessagePort) {
    this.#createContext = createContext;
    this.#outbox = new Outbox(port);
    port.on('message', (told: readonly Told[]) => {
      for (const one of told) this.#hear(one);
    });
  }

  #hear(told: Told): void {
    if (told.kind === 'cancel') this.#active.get(told.id)?.abort();
    else void this.#answer(told.request);
  }

  async #answer(request: Request): Promise<void> {
    const { id } = request;
    const ending = new AbortController();
    this.#active.set(id, ending);
    const begun = setTimeout(() => this.#outbox.now({ kind: 'started', id }), QUICK_MS);
    const reply = await this.#reply(request, ending.signal);
    clearTimeout(begun);
    this.#active.delete(id);
    this.#outbox.soon({ kind: 'reply', id, reply }, this.#active.size);
  }

  async #reply({ id, item, sampleIntervalMs }: Request, signal: AbortSignal): Promise<Reply> {
    try {
      const result = await perform(await this.#ready(), item, {
        signal,
        sampleIntervalMs,
        onSample: (sample) => this.#outbox.now({ kind: 'sample', id, sample }),
      });
      return { kind: 'done', result };
    } catch (error) {
      return { kind: 'failed', error: errorData(error) };
    }
  }

  async #ready(): Promise<WorkerContext> {
    try {
      this.#context ??= this.#createContext(workerData);
      return await this.#context;
    } catch (error) {
      this.#context = undefined;
      throw error;
    }
  }
}

/** For the module that the pool's `threadUrl` names: `export const serve = serveThread(…)`. */
export function serveThread(createContext: CreateContext): (port: MessagePort) => Promise<never> {
  return (port) => {
    new Thread(createContext, port);
    // For as long as the thread lives: what ends it rejects this for whoever waits.
    return new Promise(() => undefined);
  };
}
