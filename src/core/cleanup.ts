import { HotcellError } from './errors.js';

export type Cleanup = () => void | Promise<void>;

/**
 * Things to undo, last one first. Every one runs and is awaited, also when an earlier one throws; the errors come out
 * together at the end.
 */
export class CleanupStack implements AsyncDisposable {
  readonly #cleanups: Cleanup[] = [];
  #disposal: Promise<void> | undefined;

  /** @throws HotcellError `closed` once the stack is being disposed. */
  defer(cleanup: Cleanup): void {
    if (this.#disposal !== undefined) {
      throw new HotcellError({ code: 'closed', message: 'cannot add a clean-up step: clean-up has begun' });
    }
    this.#cleanups.push(cleanup);
  }

  /**
   * Runs every step once; later calls wait for the first.
   *
   * @throws AggregateError with the error of each step that failed, in the order they ran.
   */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#run();
    return this.#disposal;
  }

  async #run(): Promise<void> {
    const errors: unknown[] = [];
    for (let cleanup = this.#cleanups.pop(); cleanup !== undefined; cleanup = this.#cleanups.pop()) {
      try {
        await cleanup();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} clean-up step(s) failed`);
  }
}
