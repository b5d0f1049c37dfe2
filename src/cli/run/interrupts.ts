import type { HandledSignal } from '../io/io.js';

/**
 * `forward`: the program gets it; `stop`: it gets its stop signal; `kill`: the run is cancelled; `leave`: the run did not end
 * soon enough for the user.
 */
export type Reaction = 'forward' | 'stop' | 'kill' | 'leave';

/** What a signal means depends on which came before it. */
export class Interrupts {
  readonly #canStop: boolean;
  #asked = false;
  #killedBy: HandledSignal | undefined;

  /** @param canStop whether the program has a stop signal */
  constructor(canStop = false) {
    this.#canStop = canStop;
  }

  /** The signal because of which the run was cancelled. */
  get killedBy(): HandledSignal | undefined {
    return this.#killedBy;
  }

  /**
   * Ctrl-C asks the program to stop, a second one does not ask. SIGTERM and SIGHUP are for Hotcell: they ask only a program
   * that has a signal for it, as `docker stop` does.
   */
  react(signal: HandledSignal): Reaction {
    if (this.#killedBy !== undefined) return 'leave';
    const isFromKeyboard = signal === 'SIGINT' || signal === 'SIGQUIT';
    if ((isFromKeyboard || this.#canStop) && !this.#asked) {
      this.#asked = true;
      return isFromKeyboard ? 'forward' : 'stop';
    }
    this.#killedBy = signal;
    return 'kill';
  }
}
