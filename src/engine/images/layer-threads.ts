/** Layers hashed and unpacked by threads, so that this one stays free for whoever looks on. */
import { availableParallelism } from 'node:os';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { HotcellError, onAbort, threadSource } from '../../core/index.js';
import type { LayerDone, LayerJob, LayerWorkOptions } from '../../image/index.js';
import { IMAGES_THREAD } from '../thread-urls.js';
import {
  errorOf,
  type LauncherPlace,
  type LayerAnswer,
  type LayerRequest,
  type Notice,
  type Told,
} from './messages.js';

/** More would wait for the disk, and each takes its memory. */
const MOST_THREADS = 2;
/** One waits for the network or the disk while the other computes. */
const LAYERS_PER_THREAD = 2;

function startThreads(): Piscina<LayerRequest, LayerAnswer> {
  const threads = new Piscina<LayerRequest, LayerAnswer>({
    ...threadSource(IMAGES_THREAD),
    name: 'answer',
    minThreads: 1,
    maxThreads: Math.min(MOST_THREADS, availableParallelism()),
    concurrentTasksPerWorker: LAYERS_PER_THREAD,
    idleTimeout: Number.POSITIVE_INFINITY,
    // Waiting by Atomics would stop the thread's other layer, and above all reading from the launcher.
    atomics: 'disabled',
    recordTiming: false,
    // The tree writer's pipe is closed by its socket, which Node does not count.
    trackUnmanagedFds: false,
    // What was read of an archive is dropped with the young, and those would otherwise wait for 16 MiB of others.
    resourceLimits: { maxYoungGenerationSizeMb: 2 },
  });
  // Whose layer it was is told by its promise.
  threads.on('error', () => undefined);
  return threads;
}

export class LayerThreads {
  readonly #launcher: () => Promise<LauncherPlace>;
  readonly #active = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();
  #threads: Piscina<LayerRequest, LayerAnswer> | undefined;

  /** @param launcher asked for with the first layer */
  constructor(launcher: () => Promise<LauncherPlace>) {
    this.#launcher = launcher;
  }

  /** Starts what the first layer will wait for. */
  warm(): void {
    if (this.#closing.signal.aborted) return;
    this.#threads ??= startThreads();
    this.#launcher().catch(() => undefined); // told by the layer that needs it
  }

  /** @throws HotcellError as `performLayer`, `internal` when the thread is gone; the signal's reason */
  async perform(job: LayerJob, options: LayerWorkOptions): Promise<LayerDone> {
    this.#closing.signal.throwIfAborted();
    // It loads its modules while the launcher starts.
    this.#threads ??= startThreads();
    const asked = this.#ask(this.#threads, job, options);
    this.#active.add(asked);
    try {
      return await asked;
    } finally {
      this.#active.delete(asked);
    }
  }

  /** Calls off what is under way, and resolves when nothing of it is left. */
  async close(): Promise<void> {
    this.#closing.abort(new HotcellError({ code: 'closed', message: 'the images were closed' }));
    await Promise.allSettled(this.#active);
    await this.#threads?.destroy();
  }

  async #ask(
    threads: Piscina<LayerRequest, LayerAnswer>,
    job: LayerJob,
    options: LayerWorkOptions,
  ): Promise<LayerDone> {
    const launcher = await this.#launcher();
    options.signal?.throwIfAborted();
    const { port1: ours, port2: port } = new MessageChannel();
    ours.on('message', (notice: Notice) => options.onProgress(notice));
    // Not piscina's signal: that ends the thread, with the other layer that it has.
    const signals = [options.signal, this.#closing.signal];
    const unlisten = signals.map((signal) =>
      onAbort(signal, () => ours.postMessage('cancel' satisfies Told)),
    );
    try {
      const answer = await this.#answer(threads, { launcher, job, port });
      for (const signal of signals) signal?.throwIfAborted();
      if ('fault' in answer) throw errorOf(answer.fault);
      return answer.done;
    } finally {
      for (const stop of unlisten) stop();
      ours.close();
    }
  }

  async #answer(threads: Piscina<LayerRequest, LayerAnswer>, request: LayerRequest): Promise<LayerAnswer> {
    try {
      return await threads.run(request, { transferList: [request.port] });
    } catch (cause) {
      const message = `the thread that unpacked ${request.job.what} is gone: ${(cause as Error).message}`;
      throw new HotcellError({ code: 'internal', message, cause });
    }
  }
}
