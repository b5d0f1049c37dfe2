import { onAbort } from './abort.js';
import { HotcellError } from './errors.js';

/** Gives a permit back; a second call does nothing. */
export type Release = () => void;

interface Waiter {
  readonly grant: () => void;
}

/** At most `permits` holders at a time; those who wait are served in the order they came. */
export class Semaphore {
  #free: number;
  // A Set keeps the order of insertion and forgets an aborted waiter in constant time.
  readonly #waiters = new Set<Waiter>();

  /** @throws HotcellError `invalid-usage` unless `permits` is a whole number of at least 1. */
  constructor(permits: number) {
    if (!Number.isSafeInteger(permits) || permits < 1) {
      throw new HotcellError({
        code: 'invalid-usage',
        message: `${permits} is not a number of permits; use 1 or more`,
      });
    }
    this.#free = permits;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  /** Waits for a permit. Rejects with the signal's reason when it is aborted first. */
  async acquire(signal?: AbortSignal): Promise<Release> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#wait(signal);
    let held = true;
    return () => {
      if (held) this.#release();
      held = false;
    };
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      let stop: () => void = () => undefined;
      const waiter: Waiter = {
        grant: () => {
          stop();
          resolve();
        },
      };
      this.#waiters.add(waiter);
      stop = onAbort(signal, () => {
        this.#waiters.delete(waiter);
        reject(signal?.reason);
      });
    });
  }

  /** The permit goes straight to the first waiter, so that nobody who comes later can take it in between. */
  #release(): void {
    const [next] = this.#waiters;
    if (next === undefined) {
      this.#free++;
      return;
    }
    this.#waiters.delete(next);
    next.grant();
  }
}
