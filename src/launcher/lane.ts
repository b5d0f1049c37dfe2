/** What a run hands to one of its caller's sinks, one piece at a time and in order. */

/** What a sink gives back: a promise holds back only this stream of this run. */
type Taken = void | Promise<void>;

interface LaneOwner {
  /** Whether a sink of the run has failed: what still comes is for nobody. */
  readonly isBroken: () => boolean;
  readonly onError: (error: unknown) => void;
}

interface Piece {
  readonly take: () => Taken;
  readonly done: () => void;
}

/** A caller without types may return anything, such as what `push` of an array gives. */
const isPromise = (taken: Taken): taken is Promise<void> =>
  typeof (taken as Partial<Promise<void>> | null | undefined)?.then === 'function';

export class Lane {
  readonly #owner: LaneOwner;
  /** Whose promise is being waited for; the others wait behind it. */
  #current: Piece | undefined;
  #queue: Piece[] = [];
  #whenIdle: (() => void)[] = [];
  #isAbandoned = false;

  constructor(owner: LaneOwner) {
    this.#owner = owner;
  }

  /** Settles when everything that was pushed has been taken; never rejects. */
  get idle(): Promise<void> {
    if (this.#current === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve);
    });
  }

  /**
   * Calls `take` as soon as the piece before it is taken, at once if there is none; then `done`, also when the sink has
   * failed: whoever waits for this piece to be gone must not wait for ever.
   */
  push(take: () => Taken, done: () => void): void {
    const piece = { take, done };
    if (this.#current === undefined) this.#begin(piece);
    else this.#queue.push(piece);
  }

  /** Waits for its sink no longer, and gives it nothing more. */
  abandon(): void {
    this.#isAbandoned = true;
    if (this.#current !== undefined) this.#end(this.#current);
  }

  #begin(first: Piece): void {
    for (let piece: Piece | undefined = first; piece !== undefined; piece = this.#queue.shift()) {
      const taken = this.#take(piece);
      if (taken !== undefined) {
        const current = piece;
        this.#current = current;
        void taken.then(() => this.#end(current));
        return;
      }
      piece.done();
    }
    for (const wake of this.#whenIdle.splice(0)) wake();
  }

  #end(piece: Piece): void {
    if (this.#current !== piece) return; // it was abandoned before its sink was done
    this.#current = undefined;
    this.#begin({ take: () => undefined, done: piece.done });
  }

  #take({ take }: Piece): Promise<void> | undefined {
    if (this.#isAbandoned || this.#owner.isBroken()) return undefined;
    const fail = (error: unknown): void => this.#owner.onError(error);
    try {
      const taken = take();
      if (isPromise(taken)) return Promise.resolve(taken).catch(fail);
    } catch (error) {
      fail(error);
    }
    return undefined;
  }
}
