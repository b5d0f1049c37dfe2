import { onAbort } from '../../core/index.js';
import { RegistryFault } from './fault.js';

export interface StallOptions {
  readonly ms: number;
  readonly host: string;
  /** Of whoever wants the exchange; its abort is passed on. */
  readonly signal: AbortSignal;
}

/**
 * Ends an exchange in which nothing moves. undici has such time-outs too, but only to the second, and its one for headers
 * says nothing about a body that a server does not take.
 */
export class Stall {
  readonly #aborting = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #unlisten: () => void;
  /** What to say when the time is over; undefined as long as it is not the server that we wait for. */
  #problem: string | undefined;

  constructor({ ms, host, signal }: StallOptions) {
    this.#timer = setTimeout(() => {
      if (this.#problem === undefined) return;
      this.#aborting.abort(new RegistryFault({ host, problem: this.#problem, transient: true }));
    }, ms);
    // A connection keeps the process alive, and when there is none there is nothing to wait for.
    this.#timer.unref();
    this.#unlisten = onAbort(signal, () => this.#aborting.abort(signal.reason));
  }

  get signal(): AbortSignal {
    return this.#aborting.signal;
  }

  /** The time begins anew. */
  expect(problem: string): void {
    this.#problem = problem;
    this.#timer.refresh();
  }

  /** The server has done its part. */
  rest(): void {
    this.#problem = undefined;
  }

  end(): void {
    this.rest();
    clearTimeout(this.#timer);
    this.#unlisten();
  }
}

/** A body that is read; each wait for more of it has the whole time. */
export async function* watchedAnswer(
  body: AsyncIterable<Uint8Array>,
  stall: Stall,
): AsyncGenerator<Uint8Array> {
  try {
    stall.expect('stopped sending');
    for await (const chunk of body) {
      stall.rest();
      yield chunk;
      stall.expect('stopped sending');
    }
  } finally {
    stall.end();
  }
}

/** A body that is sent; whenever more of it is taken, the time begins anew. */
export async function* watchedUpload(
  body: AsyncIterable<Uint8Array>,
  stall: Stall,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    stall.expect('does not take what it is sent');
    yield chunk;
    // Until there is more to send it is our own disk that is waited for.
    stall.rest();
  }
  stall.expect('did not answer in time');
}
