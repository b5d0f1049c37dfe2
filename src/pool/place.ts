/**
 * A place of the pool: one thread, and another in its stead when it dies.
 *
 * Each place is a Piscina of one thread with one task, which is to serve: requests and replies go over a port, several at a
 * time. As tasks of a Piscina each would wake either thread on its own, and a Piscina of many threads would not tell which
 * thread has which task, and does not start threads again once one has failed early.
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { threadSource } from '../core/index.js';
import type { Notice, Reply, Request, Said, Told } from './messages.js';
import { ThreadLost } from './retry.js';

/** A function of this name in the thread's module is given a port, and answers what comes from it. */
const SERVE = 'serve';

export interface PlaceOptions {
  /** From 0; what outcomes call their `worker`. */
  readonly number: number;
  readonly threadUrl: URL;
  readonly data: unknown;
  readonly onNotice: (notice: Notice) => void;
  /** A thread died, or was killed. */
  readonly onLost: () => void;
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly piscina: Piscina<MessagePort, never>;
  readonly port: MessagePort;
}

export class Place {
  readonly #options: PlaceOptions;
  readonly #ending = new Set<Promise<void>>();
  /** Requests that have no answer yet. */
  readonly #waiting = new Map<number, Waiting>();
  #outbox: Told[] = [];
  #thread: Thread | undefined;

  constructor(options: PlaceOptions) {
    this.#options = options;
  }

  get number(): number {
    return this.#options.number;
  }

  get active(): number {
    return this.#waiting.size;
  }

  /** Rejects with ThreadLost when the thread dies first; with TypeError for a request that cannot be sent. */
  ask(request: Request): Promise<Reply> {
    this.#thread ??= this.#start();
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
      this.#tell({ kind: 'request', request });
    });
  }

  cancel(id: number): void {
    if (this.#waiting.has(id)) this.#tell({ kind: 'cancel', id });
  }

  /** Ends the thread, whatever it does; what it was asked is lost. */
  kill(why: string): void {
    if (this.#thread !== undefined) this.#lose(this.#thread, why);
  }

  async close(): Promise<void> {
    if (this.#thread !== undefined) this.#end(this.#thread, 'the pool was closed');
    await Promise.all(this.#ending);
  }

  /** Together with all that is told in this turn of the event loop. */
  #tell(told: Told): void {
    if (this.#outbox.push(told) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const told = this.#outbox;
    this.#outbox = [];
    try {
      this.#thread?.port.postMessage(told);
    } catch {
      for (const one of told) this.#tellAlone(one);
    }
  }

  /** One that cannot be cloned must not cost those that it was told with. */
  #tellAlone(told: Told): void {
    try {
      this.#thread?.port.postMessage([told]);
    } catch (error) {
      if (told.kind === 'request')
        this.#settle(told.request.id)?.reject(new TypeError((error as Error).message));
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #hear(said: Said): void {
    if (said.kind === 'reply') this.#settle(said.id)?.resolve(said.reply);
    else this.#options.onNotice(said);
  }

  #start(): Thread {
    const { threadUrl, data } = this.#options;
    const piscina = new Piscina<MessagePort, never>({
      ...threadSource(threadUrl),
      name: SERVE,
      // With none at least, Piscina starts none in the stead of one that died: that is for us to decide.
      minThreads: 0,
      maxThreads: 1,
      // Waiting by Atomics would stop the thread's other work, above all reading from the launcher.
      atomics: 'disabled',
      recordTiming: false,
      workerData: data,
    });
    const { port1: port, port2 } = new MessageChannel();
    const thread = { piscina, port };
    const died = (error: unknown): void =>
      this.#lose(thread, `the thread that it ran in died: ${(error as Error).message}`);
    port.on('message', (said: readonly Said[]) => {
      for (const one of said) this.#hear(one);
    });
    piscina.on('error', died);
    piscina.run(port2, { transferList: [port2] }).catch(died);
    return thread;
  }

  /** A thread that failed once is given up whole. */
  #lose(thread: Thread, why: string): void {
    if (this.#thread !== thread) return;
    this.#options.onLost();
    this.#end(thread, why);
  }

  #end({ piscina, port }: Thread, why: string): void {
    this.#thread = undefined;
    this.#outbox = [];
    port.close();
    const lost = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of lost) reject(new ThreadLost(why));
    const ending = piscina.destroy().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}
