/** What is under way with images, so that it can be called off together. */
import { HotcellError, onAbort } from '../../core/index.js';
import type { ImageWorkOptions } from './model.js';

export class Works {
  readonly #closing = new AbortController();
  readonly #active = new Set<Promise<unknown>>();

  /** @throws HotcellError `closed`; what `act` throws, the signal's reason, or what `onProgress` threw, whichever was first */
  async run<Result>(
    { signal, onProgress }: ImageWorkOptions,
    act: (options: ImageWorkOptions) => Promise<Result>,
  ): Promise<Result> {
    this.#closing.signal.throwIfAborted();
    const ending = new AbortController();
    const unlisten = [signal, this.#closing.signal].map((from) =>
      onAbort(from, () => ending.abort(from?.reason)),
    );
    let broken = false;
    const tell: ImageWorkOptions['onProgress'] = (progress) => {
      if (ending.signal.aborted) return;
      try {
        onProgress?.(progress);
      } catch (error) {
        broken = true;
        ending.abort(error);
      }
    };
    const work = act({ signal: ending.signal, onProgress: tell });
    this.#active.add(work);
    try {
      const result = await work;
      if (broken) throw ending.signal.reason;
      return result;
    } catch (error) {
      // What calling off made fail is no reason.
      throw ending.signal.aborted ? ending.signal.reason : error;
    } finally {
      this.#active.delete(work);
      for (const stop of unlisten) stop();
    }
  }

  /** Calls off what is under way, and resolves when nothing of it is left. */
  async close(): Promise<void> {
    this.#closing.abort(new HotcellError({ code: 'closed', message: 'the images were closed' }));
    await Promise.allSettled(this.#active);
  }
}
