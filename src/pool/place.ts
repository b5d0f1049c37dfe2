/**
 * A place of the pool: one thread, and another in its stead when it dies.
 *
 * Each place is a Piscina of one thread, which takes everything that it is given at once. One Piscina of many threads would
 * not tell which thread has which task, keeps tasks waiting for threads that never come up, and does not start threads
 * again once one has failed early.
 */
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Piscina } from 'piscina';
import type { Notice, Reply, Request, ThreadData } from './messages.js';
import { ThreadLost } from './retry.js';

/** A function of this name in the thread's module answers requests. */
const ANSWER = 'answer';

/** Larger than any number of tasks at a time: Piscina shall make none wait for another. */
const AT_A_TIME = 1_000_000;

export interface PlaceOptions {
  /** From 0; what outcomes call their `worker`. */
  readonly number: number;
  readonly threadUrl: URL;
  readonly threadData: ThreadData;
  readonly onNotice: (notice: Notice) => void;
  /** A thread died, or was killed. */
  readonly onLost: () => void;
}

/** A thread that runs sources needs what translates them. That is looked for only then: users do not have it. */
function execArgv({ pathname }: URL): string[] | undefined {
  if (!pathname.endsWith('.ts')) return undefined;
  const loader = createRequire(import.meta.url).resolve('tsx');
  return ['--import', pathToFileURL(loader).href];
}

export class Place {
  /** Requests that have no answer yet. */
  active = 0;
  readonly #options: PlaceOptions;
  readonly #ending = new Set<Promise<void>>();
  #thread: Piscina<Request, Reply> | undefined;
  #whyKilled: string | undefined;

  constructor(options: PlaceOptions) {
    this.#options = options;
  }

  get number(): number {
    return this.#options.number;
  }

  /** @throws ThreadLost when the thread dies first; TypeError for a request that cannot be sent */
  async ask(request: Request): Promise<Reply> {
    this.active++;
    this.#thread ??= this.#start();
    const thread = this.#thread;
    try {
      return await thread.run(request);
    } catch (error) {
      const { name, message } = error as Error;
      if (name === 'DataCloneError') throw new TypeError(message);
      const why = this.#whyKilled ?? `the thread that it ran in died: ${message}`;
      this.#lose(thread);
      throw new ThreadLost(why);
    } finally {
      this.active--;
    }
  }

  /** Ends the thread, whatever it does; what it was asked is lost. */
  kill(why: string): void {
    if (this.#thread === undefined) return;
    this.#whyKilled = why;
    this.#lose(this.#thread);
  }

  async close(): Promise<void> {
    if (this.#thread !== undefined) this.#end(this.#thread);
    await Promise.all(this.#ending);
  }

  #start(): Piscina<Request, Reply> {
    const { threadUrl, threadData, onNotice } = this.#options;
    const argv = execArgv(threadUrl);
    const thread = new Piscina<Request, Reply>({
      filename: fileURLToPath(threadUrl),
      name: ANSWER,
      // With none at least, Piscina starts none in the stead of one that died: that is for us to decide.
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      concurrentTasksPerWorker: AT_A_TIME,
      // Waiting by Atomics would stop the thread's other work, above all reading from the launcher.
      atomics: 'disabled',
      recordTiming: false,
      workerData: threadData,
      ...(argv === undefined ? {} : { execArgv: argv }),
    });
    thread.on('message', onNotice);
    thread.on('error', () => this.#lose(thread));
    // Not at once: Piscina still counts the dead one among those whose end it would wait for.
    thread.on('workerDestroy', () => queueMicrotask(() => this.#lose(thread)));
    this.#whyKilled = undefined;
    return thread;
  }

  /** A thread that failed once is given up whole; its requests are told so by Piscina. */
  #lose(thread: Piscina<Request, Reply>): void {
    if (this.#thread !== thread) return;
    this.#options.onLost();
    this.#end(thread);
  }

  #end(thread: Piscina<Request, Reply>): void {
    this.#thread = undefined;
    const ending = thread.destroy().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}
