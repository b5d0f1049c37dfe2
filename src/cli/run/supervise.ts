import type { CopiedOutput } from '../../engine/index.js';
import type { JobInput, Outcome } from '../../spec/index.js';
import { Input } from '../io/input.js';
import type { HandledSignal, Io } from '../io/io.js';
import { Outlet } from '../io/outlet.js';
import type { Engine, EngineRun, StartOptions } from './engine.js';
import { Interrupts } from './interrupts.js';

export interface Supervision {
  /** Null when the user left before there was one. */
  readonly outcome: Outcome | null;
  readonly cancelledBy: HandledSignal | undefined;
  /** Why standard output or standard error could not be written. */
  readonly outputError: unknown;
  /** Why standard input could not be read. */
  readonly inputError: unknown;
  /** Whether a terminal's cursor stands behind something that the program wrote. */
  readonly midLine: boolean;
}

interface Task {
  readonly job: JobInput;
  readonly tty: boolean;
  /** Whether the program's streams go to ours as they come. */
  readonly live: boolean;
  /** Whether they are wanted in the outcome. */
  readonly capture: boolean;
  /** Whether the outcome is to list system calls. */
  readonly trace?: boolean;
  readonly onOutput: (file: CopiedOutput) => Promise<void>;
  /** Takes what the program writes as well; it never rejects. */
  readonly keep: ((stream: 'stdout' | 'stderr', chunk: Uint8Array) => Promise<void>) | undefined;
}

const NEW_LINE = 10;

/** How long a program may take after its stop signal; less than `hotcell rm -f` waits for the whole run. */
const STOP_MS = 8000;

/**
 * One run, from before its engine exists to its end, between the user's signals, terminal and streams and the engine.
 *
 * Signals are answered from the first moment, since starting an engine takes longer than pressing Ctrl-C. The terminal
 * is given back before anything else is written.
 */
export class Supervisor {
  readonly #io: Io;
  readonly #stopSignal: NodeJS.Signals | null;
  readonly #interrupts: Interrupts;
  readonly #abort = new AbortController();
  readonly #outlets: { readonly stdout: Outlet; readonly stderr: Outlet };
  readonly #left: Promise<null>;
  #leave: (value: null) => void = () => undefined;
  #run: EngineRun | undefined;
  #midLine = false;
  #input: Input | undefined;
  #stopping: NodeJS.Timeout | undefined;

  /** @param stopSignal null: SIGTERM ends the run at once */
  constructor(io: Io, stopSignal: NodeJS.Signals | null = null) {
    this.#io = io;
    this.#stopSignal = stopSignal;
    this.#interrupts = new Interrupts(stopSignal !== null);
    const stop = (): void => this.#cancel();
    this.#outlets = { stdout: new Outlet(io.stdout, stop), stderr: new Outlet(io.stderr, stop) };
    this.#left = new Promise((resolve) => {
      this.#leave = resolve;
    });
  }

  async supervise(startEngine: () => Promise<Engine>, task: Task): Promise<Supervision> {
    const ignoreSignals = this.#io.onSignals((signal) => this.#onSignal(signal));
    // One that comes before there is a program is for nobody: kept for it, it would end it before it could listen.
    const passNoMore = this.#io.onPassedOn((signal) => this.#run?.signal(signal));
    try {
      const outcome = await Promise.race([this.#runTask(startEngine, task), this.#left]);
      return this.#result(outcome);
    } finally {
      ignoreSignals();
      passNoMore();
      clearTimeout(this.#stopping);
    }
  }

  async #runTask(startEngine: () => Promise<Engine>, task: Task): Promise<Outcome | null> {
    await using engine = await startEngine();
    if (this.#abort.signal.aborted) return null;
    const giveBack = task.tty ? this.#takeTerminal() : () => undefined;
    try {
      this.#run = engine.start(this.#sized(task), this.#options(task));
      return await this.#run.outcome;
    } finally {
      giveBack();
    }
  }

  #sized({ job, tty }: Task): JobInput {
    const size = this.#io.terminal.size() ?? { rows: 24, cols: 80 };
    return tty ? { ...job, tty: size } : job;
  }

  /** Both have it before more is asked for: neither a slow reader nor a slow disk makes anything pile up. */
  #writer(stream: 'stdout' | 'stderr', { live, keep }: Task) {
    if (!live && keep === undefined) return undefined;
    const isShown = live && (stream === 'stdout' ? this.#io.stdoutIsTty : this.#io.stderrIsTty);
    return async (chunk: Uint8Array): Promise<void> => {
      if (isShown && chunk.byteLength > 0) this.#midLine = chunk.at(-1) !== NEW_LINE;
      await Promise.all([keep?.(stream, chunk), live ? this.#outlets[stream].write(chunk) : undefined]);
    };
  }

  #options(task: Task): StartOptions {
    const { job, capture, onOutput, trace } = task;
    const [onStdout, onStderr] = [this.#writer('stdout', task), this.#writer('stderr', task)];
    const streamed = typeof job.stdin === 'object' && 'stream' in job.stdin;
    if (streamed) this.#input = new Input(this.#io.stdin());
    return {
      signal: this.#abort.signal,
      capture,
      onOutput,
      ...(trace && { traceSystemCalls: true }),
      ...(onStdout !== undefined && { onStdout }),
      ...(onStderr !== undefined && { onStderr }),
      ...(this.#input !== undefined && { stdin: this.#input }),
    };
  }

  #takeTerminal(): () => void {
    const restore = this.#io.terminal.raw();
    const stop = this.#io.terminal.onResize(({ rows, cols }) => this.#run?.resize(rows, cols));
    return () => {
      stop();
      restore();
    };
  }

  #onSignal(signal: HandledSignal): void {
    switch (this.#interrupts.react(signal)) {
      case 'forward':
        this.#ask(signal, signal);
        break;
      case 'stop':
        this.#ask(signal, this.#stopSignal ?? signal);
        // As if it came a second time.
        this.#stopping = setTimeout(() => this.#onSignal(signal), STOP_MS);
        break;
      case 'kill':
        this.#cancel();
        break;
      case 'leave':
        this.#leave(null);
        break;
    }
  }

  /** A program that is not there yet cannot be asked; nothing is lost by not starting it. */
  #ask(signal: HandledSignal, name: NodeJS.Signals): void {
    if (this.#run === undefined) this.#onSignal(signal);
    else this.#run.signal(name);
  }

  #cancel(): void {
    clearTimeout(this.#stopping);
    this.#outlets.stdout.abandon();
    this.#outlets.stderr.abandon();
    this.#abort.abort();
  }

  #result(outcome: Outcome | null): Supervision {
    const { stdout, stderr } = this.#outlets;
    return {
      outcome,
      cancelledBy: this.#interrupts.killedBy,
      outputError: stdout.error ?? stderr.error,
      inputError: this.#input?.error,
      midLine: this.#midLine,
    };
  }
}
