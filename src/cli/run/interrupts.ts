import type { HandledSignal } from '../io/io.js';

/** `forward`: the program gets it; `kill`: the run is cancelled; `leave`: the run did not end soon enough for the user. */
export type Reaction = 'forward' | 'kill' | 'leave';

/** What a signal means depends on which came before it. */
export class Interrupts {
  #forwarded = false;
  #killedBy: HandledSignal | undefined;

  /** The signal because of which the run was cancelled. */
  get killedBy(): HandledSignal | undefined {
    return this.#killedBy;
  }

  /** Ctrl-C asks the program to stop, a second one does not ask; SIGTERM and SIGHUP are for Hotcell and never ask. */
  react(signal: HandledSignal): Reaction {
    if (this.#killedBy !== undefined) return 'leave';
    const isFromKeyboard = signal === 'SIGINT' || signal === 'SIGQUIT';
    if (isFromKeyboard && !this.#forwarded) {
      this.#forwarded = true;
      return 'forward';
    }
    this.#killedBy = signal;
    return 'kill';
  }
}
