/**
 * What one program writes and another reads. It holds as much as the writer's output limit allows, so that a writer whose
 * reader is busy writing itself runs into its own limit instead of waiting for ever; without such a limit it holds the
 * writer back.
 */

import { ByteLog } from './byte-log.js';

/** However much a program may write, so much waits in this process at most. */
const MAX_WAITING_BYTES = 64 * 1024 ** 2;

export class Pipe implements AsyncIterable<Uint8Array> {
  readonly #capacity: number;
  readonly #waiting = new ByteLog();
  #ended = false;
  #left = false;
  #wakeReader: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;

  /** @param outputBytes the writer's limit; null is none */
  constructor(outputBytes: number | null) {
    this.#capacity = Math.min(outputBytes ?? MAX_WAITING_BYTES, MAX_WAITING_BYTES);
  }

  /** A promise while there is more than fits; nothing is kept once the reader has left. */
  push(chunk: Uint8Array): void | Promise<void> {
    if (this.#left || chunk.byteLength === 0) return undefined;
    this.#waiting.push(chunk);
    this.#wakeReader?.();
    return this.#waiting.length <= this.#capacity ? undefined : this.#room();
  }

  end(): void {
    this.#ended = true;
    this.#wakeReader?.();
  }

  /** For one reader. Leaving early lets the writer write on, to nobody. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    const done = { done: true, value: undefined } as const;
    return {
      next: async () => {
        await this.#filled();
        return this.#waiting.length === 0 ? done : { done: false, value: this.#take() };
      },
      return: () => {
        this.#leave();
        return Promise.resolve(done);
      },
    };
  }

  async #room(): Promise<void> {
    while (this.#waiting.length > this.#capacity && !this.#left) {
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve;
      });
    }
  }

  async #filled(): Promise<void> {
    while (this.#waiting.length === 0 && !this.#ended && !this.#left) {
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
  }

  #take(): Uint8Array {
    const taken = this.#waiting.take();
    this.#wakeWriter?.();
    return taken;
  }

  #leave(): void {
    this.#left = true;
    this.#take();
    this.#wakeReader?.();
  }
}
