import { isOwnFault, type Suite } from '../../spec/index.js';
import type { HandledSignal, Io } from '../io/io.js';
import type { View } from '../view/view.js';
import type { SuiteEngine, SuiteRunOptions, SuiteSummary } from './engine.js';
import type { OnInterrupt } from './flags.js';
import { type Reaction, TestInterrupts } from './interrupts.js';

export interface TestTask {
  readonly suites: readonly Suite[];
  readonly options: Omit<SuiteRunOptions, 'signal' | 'stop' | 'onEvent'>;
}

export interface TestSupervision {
  /** Null when the user left before there was one. */
  readonly summary: SuiteSummary | null;
  readonly ownFaults: number;
  readonly interruptedBy: HandledSignal | undefined;
}

type Ended = Pick<TestSupervision, 'summary' | 'ownFaults'>;

const NOTHING: Ended = { summary: null, ownFaults: 0 };

const SAID: Record<Reaction, string | null> = {
  finish: 'hotcell: interrupted: what runs may finish; Ctrl-C again kills it',
  cancel: 'hotcell: interrupted: killing what runs, then the reports are written',
  leave: null,
};

/**
 * One run of suites, from before its engine exists to its end, between the user's signals and the engine. Signals are
 * answered from the first moment, and whichever it is, the reports get an end as long as the user waits for it.
 */
export class TestSupervisor {
  readonly #io: Pick<Io, 'onSignals'>;
  readonly #view: View;
  readonly #interrupts: TestInterrupts;
  readonly #stop = new AbortController();
  readonly #cancel = new AbortController();
  readonly #left: Promise<Ended>;
  #leave: (ended: Ended) => void = () => undefined;

  constructor(io: Pick<Io, 'onSignals'>, view: View, onInterrupt: OnInterrupt) {
    this.#io = io;
    this.#view = view;
    this.#interrupts = new TestInterrupts(onInterrupt);
    this.#left = new Promise((resolve) => {
      this.#leave = resolve;
    });
  }

  /** For when nobody is left to read the reports. */
  readonly cancel = (): void => this.#cancel.abort();

  /** @throws whatever the engine or a reporter failed with */
  async supervise(startEngine: () => Promise<SuiteEngine>, task: TestTask): Promise<TestSupervision> {
    const ignoreSignals = this.#io.onSignals((signal) => this.#onSignal(signal));
    try {
      const ended = await Promise.race([this.#runTask(startEngine, task), this.#left]);
      return { ...ended, interruptedBy: this.#interrupts.interruptedBy };
    } finally {
      ignoreSignals();
    }
  }

  async #runTask(startEngine: () => Promise<SuiteEngine>, { suites, options }: TestTask): Promise<Ended> {
    await using engine = await startEngine();
    if (this.#interrupts.interruptedBy !== undefined) return NOTHING;
    const run = engine.runSuites(suites, {
      ...options,
      stop: this.#stop.signal,
      signal: this.#cancel.signal,
      onEvent: this.#view.onEvent,
    });
    // It is waited for below, unless the outcomes break off first, for the same reason.
    run.summary.catch(() => undefined);
    let ownFaults = 0;
    for await (const outcome of run) if (outcome.final && isOwnFault(outcome)) ownFaults++;
    return { summary: await run.summary, ownFaults };
  }

  #onSignal(signal: HandledSignal): void {
    const reaction = this.#interrupts.react(signal);
    const said = SAID[reaction];
    if (said !== null) this.#view.say(said);
    switch (reaction) {
      case 'finish':
        this.#stop.abort();
        break;
      case 'cancel':
        this.#cancel.abort();
        break;
      case 'leave':
        this.#leave(NOTHING);
        break;
    }
  }
}
