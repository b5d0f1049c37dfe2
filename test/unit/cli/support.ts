import { PassThrough, type Readable } from 'node:stream';
import type { Actions } from '../../../src/cli/actions.js';
import { runCli } from '../../../src/cli/cli.js';
import type { HandledSignal, Io, PassedOn } from '../../../src/cli/io/io.js';
import type { Sink } from '../../../src/cli/io/sink.js';
import type { Terminal, TerminalSize } from '../../../src/cli/io/terminal.js';
import type { Services } from '../../../src/cli/perform-actions.js';
import { createProgram } from '../../../src/cli/program.js';
import type { Engine, EngineRun, StartOptions } from '../../../src/cli/run/engine.js';
import type { RunFlags } from '../../../src/cli/run/flags.js';
import { HotcellError } from '../../../src/core/index.js';
import type { JobInput, Outcome } from '../../../src/spec/index.js';

const nothing = async (): Promise<void> => undefined;

/** What the real parser makes of the arguments of `hotcell run`. */
export function flagsOf(argv: readonly string[]): { flags: RunFlags; command: readonly string[] } {
  let got: { flags: RunFlags; command: readonly string[] } | undefined;
  const actions: Actions = {
    run: async (flags, command) => {
      got = { flags, command };
    },
    test: nothing,
    validate: nothing,
    init: nothing,
    report: nothing,
    ps: nothing,
    logs: nothing,
    inspect: nothing,
    rm: nothing,
    image: nothing,
    reportDiff: nothing,
    doctor: nothing,
    schema: nothing,
    seccompShow: nothing,
    completion: nothing,
    help: nothing,
    version: nothing,
  };
  const program = createProgram(actions, { version: '1.2.3', colored: false, width: 100 });
  for (const command of [program, ...program.commands]) command.exitOverride();
  program.parse(['run', ...argv], { from: 'user' });
  if (got === undefined) throw new Error('run was not called');
  return got;
}

export class FakeSink implements Sink {
  readonly chunks: Buffer[] = [];
  /** What every write fails with. */
  error: Error | undefined;
  #onWrite: () => void = () => undefined;

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  async write(chunk: Uint8Array | string): Promise<void> {
    if (this.error !== undefined) throw this.error;
    this.chunks.push(Buffer.from(chunk as string));
    this.#onWrite();
  }

  /** Resolves when this is what was written. */
  async until(text: string): Promise<void> {
    while (this.text !== text) {
      await new Promise<void>((resolve) => {
        this.#onWrite = resolve;
      });
    }
  }
}

export class FakeTerminal implements Terminal {
  current: TerminalSize | null = null;
  readonly log: string[] = [];
  suspend: () => Promise<void> = async () => undefined;
  resume: () => void = () => undefined;
  #listener: ((size: TerminalSize) => void) | undefined;

  size(): TerminalSize | null {
    return this.current;
  }

  raw(): () => void {
    this.log.push('raw');
    return () => this.log.push('restored');
  }

  atExit(text: string): () => void {
    this.log.push(`at exit ${JSON.stringify(text)}`);
    return () => this.log.push('not at exit');
  }

  onSuspend(leave: () => Promise<void>, back: () => void): () => void {
    this.suspend = leave;
    this.resume = back;
    return () => undefined;
  }

  onResize(listener: (size: TerminalSize) => void): () => void {
    this.#listener = listener;
    return () => {
      this.#listener = undefined;
    };
  }

  resize(size: TerminalSize): void {
    this.#listener?.(size);
  }
}

/** A process as the command line sees it, without a process. */
export class FakeIo implements Io {
  readonly stdout = new FakeSink();
  readonly stderr = new FakeSink();
  readonly terminal = new FakeTerminal();
  readonly input = new PassThrough();
  env: Record<string, string | undefined> = {};
  cwd = '/nowhere';
  stdoutIsTty = false;
  stderrIsTty = false;
  columns: number | undefined;
  #passedOn: ((signal: PassedOn) => void) | undefined;
  #listener: ((signal: HandledSignal) => void) | undefined;

  stdin(): Readable {
    return this.input;
  }

  onSignals(listener: (signal: HandledSignal) => void): () => void {
    this.#listener = listener;
    return () => {
      this.#listener = undefined;
    };
  }

  onPassedOn(listener: (signal: PassedOn) => void): () => void {
    this.#passedOn = listener;
    return () => {
      this.#passedOn = undefined;
    };
  }

  /** @returns whether anybody listened */
  passOn(name: PassedOn): boolean {
    this.#passedOn?.(name);
    return this.#passedOn !== undefined;
  }

  /** @returns whether anybody listened */
  signal(name: HandledSignal): boolean {
    this.#listener?.(name);
    return this.#listener !== undefined;
  }
}

type OutcomePatch = Partial<Omit<Outcome, 'metrics'>> & { readonly metrics?: Partial<Outcome['metrics']> };

export function outcome({ metrics, ...rest }: OutcomePatch = {}): Outcome {
  return {
    id: 'run1',
    job: 'prog',
    case: null,
    attempt: 1,
    role: 'program',
    suite: null,
    repeat: 1,
    final: true,
    worker: null,
    image: { reference: 'host', id: null },
    labels: {},
    limits: {
      cpuTimeMs: 2000,
      wallTimeMs: 6000,
      memoryBytes: 268_435_456,
      pids: 64,
      outputBytes: 65_536,
      diskBytes: 67_108_864,
      cpus: 1,
    },
    command: ['./prog'],
    input: null,
    points: null,
    differences: [],
    companions: [],
    startFailure: null,
    series: null,
    status: 'ok',
    verdict: 'passed',
    failures: [],
    exitCode: 0,
    signal: null,
    killedBy: null,
    message: null,
    stdout: { text: '', bytes: 0, truncated: false },
    stderr: { text: '', bytes: 0, truncated: false },
    metrics: {
      wallMs: 5,
      cpuMs: 2,
      cpuUserMs: 1,
      cpuSystemMs: 1,
      memoryPeakBytes: 405_504,
      pidsPeak: 1,
      oomKills: 0,
      pidsLimitHits: 0,
      throttledMs: 0,
      ioReadBytes: 0,
      ioWriteBytes: null,
      voluntarySwitches: 1,
      involuntarySwitches: 0,
      diskUsedBytes: 0,
      inodesUsed: 0,
      queueMs: 0,
      setupMs: 1,
      teardownMs: null,
      sources: {},
      ...metrics,
    },
    isolation: { level: 'full', tier: 'T1', degraded: [] },
    outputs: [],
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:01.000Z',
    ...rest,
  };
}

/** An engine whose one run does what the test says. */
export class FakeEngine implements Engine {
  job: JobInput | undefined;
  options: StartOptions = {};
  readonly log: string[] = [];
  readonly #behave: (engine: FakeEngine) => Promise<Outcome>;

  constructor(behave: (engine: FakeEngine) => Promise<Outcome> = async () => outcome()) {
    this.#behave = behave;
  }

  start(job: JobInput, options: StartOptions = {}): EngineRun {
    this.job = job;
    this.options = options;
    return {
      outcome: this.#behave(this),
      signal: (name) => this.log.push(`signal ${name}`),
      resize: (rows, cols) => this.log.push(`resize ${rows}x${cols}`),
    };
  }

  /** Settles with `cancelled` when the run is cancelled. */
  async cancelled(): Promise<Outcome> {
    await new Promise<void>((resolve) => {
      if (this.options.signal?.aborted) resolve();
      this.options.signal?.addEventListener('abort', () => resolve(), { once: true });
    });
    return outcome({ status: 'cancelled', exitCode: null, killedBy: 'cancel', signal: 'SIGKILL' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.log.push('closed');
  }
}

/** A store that nobody put anything into, and no registry. */
export const NO_IMAGES: Pick<Services, 'findImage' | 'openImages'> = {
  findImage: async (reference) => {
    throw new HotcellError({ code: 'image-not-found', message: `there is no image "${reference}"` });
  },
  openImages: async () => {
    throw new Error('no images in this test');
  },
};

/** The whole command line on a fake process. */
export async function cli(
  argv: readonly string[],
  {
    io = new FakeIo(),
    engine = new FakeEngine(),
    ...rest
  }: Partial<Services> & { io?: FakeIo; engine?: FakeEngine } = {},
): Promise<{ code: number; out: string; err: string; io: FakeIo; engine: FakeEngine }> {
  const code = await runCli(argv, {
    io,
    version: '1.2.3',
    startEngine: async () => engine,
    diagnose: async () => ({ tier: 'T1', ok: true, checks: [] }),
    openHistory: async () => {
      throw new Error('no history in this test');
    },
    ...NO_IMAGES,
    loadKit: async () => {
      throw new Error('no suites in this test');
    },
    ...rest,
  });
  return { code, out: io.stdout.text, err: io.stderr.text, io, engine };
}
