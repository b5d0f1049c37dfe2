/** What a run hands to one of its caller's sinks, one piece at a time and in order. */

/** What a sink gives back: a promise holds back only this stream of this run. */
type Taken = void | Promise<void>;

interface LaneOwner {
  /** Whether a sink of the run has failed: what still comes is for nobody. */
  readonly isBroken: () => boolean;
  readonly onError: (error: unknown) => void;
}

/** A caller without types may return anything, such as what `push` of an array gives. */
const isPromise = (taken: Taken): taken is Promise<void> =>
  typeof (taken as Partial<Promise<void>> | null | undefined)?.then === 'function';

export class Lane {
  readonly #owner: LaneOwner;
  #tail: Promise<void> | undefined;

  constructor(owner: LaneOwner) {
    this.#owner = owner;
  }

  /** Settles when everything that was pushed has been taken; never rejects. */
  get idle(): Promise<void> {
    return this.#tail ?? Promise.resolve();
  }

  /**
   * Calls `take` as soon as the piece before it is taken, at once if there is none; then `done`, also when the sink has
   * failed: whoever waits for this piece to be gone must not wait for ever.
   */
  push(take: () => Taken, done: () => void): void {
    const waits = this.#tail;
    const taken = waits === undefined ? this.#take(take, done) : waits.then(() => this.#take(take, done));
    if (taken === undefined) return;
    this.#tail = taken;
    void taken.then(() => {
      if (this.#tail === taken) this.#tail = undefined;
    });
  }

  #take(take: () => Taken, done: () => void): Promise<void> | undefined {
    const fail = (error: unknown): void => {
      this.#owner.onError(error);
      done();
    };
    if (this.#owner.isBroken()) {
      done();
      return undefined;
    }
    try {
      const taken = take();
      if (isPromise(taken)) return Promise.resolve(taken).then(done, fail);
    } catch (error) {
      fail(error);
      return undefined;
    }
    done();
    return undefined;
  }
}
