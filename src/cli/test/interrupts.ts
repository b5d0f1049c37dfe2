import type { HandledSignal } from '../io/io.js';
import type { OnInterrupt } from './flags.js';

/**
 * `finish`: nothing more is started; `cancel`: what runs is killed as well, and the reports are still written; `leave`: that
 * did not come to an end soon enough for the user.
 */
export type Reaction = OnInterrupt | 'leave';

/** What a signal means depends on which came before it. */
export class TestInterrupts {
  readonly #choice: OnInterrupt;
  #first: HandledSignal | undefined;
  #last: Reaction | undefined;

  constructor(choice: OnInterrupt) {
    this.#choice = choice;
  }

  /** The signal that the run was interrupted by. */
  get interruptedBy(): HandledSignal | undefined {
    return this.#first;
  }

  /** SIGTERM and SIGHUP come from something that is not going to wait for jobs to finish. */
  react(signal: HandledSignal): Reaction {
    this.#first ??= signal;
    this.#last = this.#next(signal === 'SIGINT');
    return this.#last;
  }

  #next(isCtrlC: boolean): Reaction {
    if (this.#last === undefined) return isCtrlC ? this.#choice : 'cancel';
    return this.#last === 'finish' ? 'cancel' : 'leave';
  }
}
