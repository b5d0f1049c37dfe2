/** A request under way, as the main thread sees it. */
import { formatMs, onAbort } from '../core/index.js';
import type { Notice } from './messages.js';
import type { Watch } from './pool.js';

export interface ErrandOptions {
  /** Where it is done. */
  readonly place: number;
  readonly watch: Watch;
  /** How long its thread may take to say that it has begun. */
  readonly startMs: number;
  /** How long it may go on once it was cancelled. */
  readonly graceMs: number;
  /** Tells its thread. */
  readonly cancel: () => void;
  /** Ends its thread. */
  readonly kill: (why: string) => void;
}

/** Sees to it that it begins in time, and ends in time once it is cancelled. */
export class Errand {
  readonly #options: ErrandOptions;
  readonly #unlisten: () => void;
  #begun = false;
  #broken: { readonly reason: unknown } | undefined;
  #timer: NodeJS.Timeout;

  constructor(options: ErrandOptions) {
    this.#options = options;
    const { startMs, graceMs, watch, cancel } = options;
    this.#timer = this.#killAfter(startMs, `its thread did not begin with it in ${formatMs(startMs)}`);
    this.#unlisten = onAbort(watch.signal, () => {
      clearTimeout(this.#timer);
      this.#timer = this.#killAfter(graceMs, `it went on for ${formatMs(graceMs)} after it was cancelled`);
      cancel();
    });
  }

  /** What a watcher throws must not get out of here, among the pool's events: it ends the errand and comes out at its end. */
  hear(notice: Notice): void {
    try {
      this.#hear(notice);
    } catch (reason) {
      this.#broken ??= { reason };
      this.#options.cancel();
    }
  }

  /** There is an answer. @throws what a watcher threw */
  done(): void {
    this.#begin();
    if (this.#broken !== undefined) throw this.#broken.reason;
  }

  /** To be called in any case, in the end. */
  leave(): void {
    clearTimeout(this.#timer);
    this.#unlisten();
  }

  #hear(notice: Notice): void {
    this.#begin();
    if (notice.kind === 'sample') this.#options.watch.onSample?.(notice.sample);
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    if (!this.#options.watch.signal.aborted) clearTimeout(this.#timer);
    this.#options.watch.onStarted?.(this.#options.place);
  }

  #killAfter(ms: number, why: string): NodeJS.Timeout {
    return setTimeout(() => this.#options.kill(why), ms);
  }
}
