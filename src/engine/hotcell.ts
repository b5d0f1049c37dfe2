import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { isAbsolute } from 'node:path';
import {
  checkOptions,
  HotcellError,
  invalidSpec,
  newId,
  type OptionNames,
  quote,
  Semaphore,
  systemClock,
} from '../core/index.js';
import type { Pool } from '../pool/index.js';
import { type Host, hostAsTried, readHost } from '../sandbox/index.js';
import {
  type CheckedJob,
  type HostEnv,
  type ImageSource,
  type JobInput,
  type Outcome,
  parseJob,
  parseSuite,
  resolveEnvFiles,
  resolveSeccomp,
  type Suite,
  type SuiteInput,
} from '../spec/index.js';
import { RunControl, type RunOptions, runJob, type WorkerContext } from '../worker/index.js';
import { imageSource } from './image-source.js';
import { RUN_OPTIONS, SUITE_RUN_OPTIONS } from './option-names.js';
import type { ThreadSettings } from './pool-thread.js';
import { checkSuiteOptions } from './suites/check-options.js';
import { LazySuiteRun } from './suites/lazy.js';
import type { SuiteRun, SuiteRunOptions } from './suites/options.js';
import { type LauncherSupply, supplyLauncher } from './supply.js';
import { POOL_THREAD } from './thread-urls.js';
import { version } from './version.js';

/** As many as the launcher has slots; more would only wait there. */
const MAX_CONCURRENCY = 64;

export interface HotcellOptions {
  /** Runs at a time, 1 to 64; the others wait. Twice the CPUs and at least 8 unless said otherwise. */
  readonly concurrency?: number | undefined;
  /** Instead of looking for the launcher; see also $HOTCELL_LAUNCHER. */
  readonly launcherPath?: string | undefined;
  /** The `address` of another thread's cell, to use its launcher: what worker threads must do. */
  readonly address?: string | undefined;
  /** Where images are kept; absolute. As `homeDirectory` says unless said otherwise. */
  readonly home?: string | undefined;
}

const CELL_OPTIONS: OptionNames<HotcellOptions> = {
  concurrency: true,
  launcherPath: true,
  address: true,
  home: true,
};

/** A run that is under way. */
export interface RunHandle {
  /** Settles when everything of the run is over. @throws as `Hotcell.run` */
  readonly outcome: Promise<Outcome>;
  /** Sends a signal to the program and its process group. */
  signal(name: NodeJS.Signals): void;
  /** Kills everything in the sandbox; the outcome says `cancelled`. */
  kill(): void;
  /** The new size of the program's terminal, in characters. */
  resize(rows: number, cols: number): void;
}

/** Runs jobs, each in a sandbox of its own. Close it when done, or let `await using` do it. */
export interface Hotcell extends AsyncDisposable {
  /**
   * Runs one job to its end. What the program does never throws: it is in the outcome.
   *
   * @throws HotcellError `invalid-spec` for a job that is not right, `image-not-found` when its image is not in the store,
   *   `isolation-unavailable` when this host cannot enforce what the job asks for, `closed` after `close`,
   *   `launcher-failed` when no launcher can be started.
   */
  run(job: JobInput, options?: RunOptions): Promise<Outcome>;
  /** Like `run`, with a handle to signal it, kill it and resize its terminal. */
  start(job: JobInput, options?: RunOptions): RunHandle;
  /**
   * Runs all cases of suites, side by side in worker threads, and judges them. What programs do never throws.
   *
   * @throws HotcellError `invalid-spec` when a case could never start, `image-not-found` before any has, `invalid-usage` for
   *   options that are none, `closed`
   */
  runSuites(suites: readonly Suite[], options?: SuiteRunOptions): SuiteRun;
  /** The same for one suite as a user writes it. @throws as `runSuites` and `parseSuite` */
  runSuite(suite: SuiteInput, options?: SuiteRunOptions): SuiteRun;
  /** For `createHotcell({ address })` in a worker thread of this process. */
  readonly address: string;
  /** Process id of the launcher; 0 when it is another thread's. */
  readonly launcherPid: number;
  /** Ends what is running, and resolves when nothing of it is left. */
  close(): Promise<void>;
}

async function readEnvFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw invalidSpec(`envFile: ${quote(path)}: ${code === 'ENOENT' ? 'there is no such file' : message}`);
  }
}

/** @param env what a line of an env file with a name only takes its value from */
const readFiles = async (job: CheckedJob, env: HostEnv): Promise<CheckedJob> =>
  await resolveSeccomp(await resolveEnvFiles(job, readEnvFile, env));

interface CellSettings {
  readonly host: Host;
  readonly home: string | undefined;
  readonly concurrency: number;
}

class Cell implements Hotcell {
  readonly #supply: LauncherSupply;
  readonly #host: Host;
  readonly #home: string | undefined;
  readonly #images: ImageSource;
  readonly #concurrency: number;
  readonly #permits: Semaphore;
  #closing: Promise<void> | undefined;

  constructor(supply: LauncherSupply, { host, home, concurrency }: CellSettings) {
    this.#supply = supply;
    this.#host = host;
    this.#home = home;
    this.#images = imageSource(home);
    this.#concurrency = concurrency;
    this.#permits = new Semaphore(concurrency);
  }

  get address(): string {
    return this.#supply.address;
  }

  get launcherPid(): number {
    return this.#supply.pid;
  }

  run(job: JobInput, options: RunOptions = {}): Promise<Outcome> {
    return this.#run(job, options, new RunControl());
  }

  start(job: JobInput, options: RunOptions = {}): RunHandle {
    const control = new RunControl();
    return {
      outcome: this.#run(job, options, control),
      signal: (name) => control.signal(name),
      kill: () => control.kill(),
      resize: (rows, cols) => control.resize(rows, cols),
    };
  }

  runSuites(suites: readonly Suite[], options: SuiteRunOptions = {}): SuiteRun {
    this.#checkOpen();
    checkOptions('runSuites', options, SUITE_RUN_OPTIONS);
    checkSuiteOptions(options);
    checkLoaded(suites);
    const id = newId(systemClock);
    return new LazySuiteRun(id, async () => await this.#runSuites(id, suites, options));
  }

  async #runSuites(id: string, suites: readonly Suite[], options: SuiteRunOptions): Promise<SuiteRun> {
    const [{ runSuites }, { pinImages }] = await Promise.all([
      import('./suites/run-suites.js'),
      import('./suites/images.js'),
    ]);
    const pinned = await pinImages(suites, options, (reference) => this.#images.resolve(reference));
    return runSuites(pinned, options, {
      id,
      version: version(),
      tier: this.#host.tier,
      clock: systemClock,
      concurrency: this.#concurrency,
      // As when a suite is loaded from a file: nothing of our environment comes into it.
      readFiles: async (job) => await readFiles(job, {}),
      startPool: (workers, tasks) => this.#pool(workers, tasks),
    });
  }

  runSuite(suite: SuiteInput, options: SuiteRunOptions = {}): SuiteRun {
    return this.runSuites([parseSuite(suite)], options);
  }

  close(): Promise<void> {
    this.#closing ??= this.#supply.close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(input: JobInput, options: RunOptions, control: RunControl): Promise<Outcome> {
    checkOptions('run', options, RUN_OPTIONS);
    const job = await readFiles(parseJob(input), process.env);
    const release = await this.#permit(options.signal);
    try {
      return await this.#runNow(job, options, control);
    } finally {
      release();
    }
  }

  /** A run that is cancelled while it waits does not wait any longer: it is over as soon as it has begun. */
  async #permit(signal: AbortSignal | undefined): Promise<() => void> {
    try {
      return await this.#permits.acquire(signal);
    } catch (error) {
      if (signal?.aborted) return () => {};
      throw error;
    }
  }

  #checkOpen(): void {
    if (this.#closing !== undefined)
      throw new HotcellError({ code: 'closed', message: 'this cell is closed' });
  }

  async #runNow(job: CheckedJob, options: RunOptions, control: RunControl): Promise<Outcome> {
    this.#checkOpen();
    return await runJob(this.#context, job, options, control);
  }

  get #context(): WorkerContext {
    const backend = async () => {
      this.#checkOpen();
      return await this.#supply.connection();
    };
    return { backend, host: this.#host, clock: systemClock, images: this.#images };
  }

  async #pool(workers: number, tasks: number): Promise<Pool> {
    const { InlinePool, PiscinaPool } = await import('../pool/index.js');
    if (workers === 0) return new InlinePool({ context: this.#context, tasks });
    const data: ThreadSettings = { address: this.address, home: this.#home };
    return new PiscinaPool({ threadUrl: POOL_THREAD, data, tasks, workers });
  }
}

/** Without types, what a user writes is easily taken for what it is read into. */
function checkLoaded(suites: readonly Partial<Suite>[]): void {
  if (suites.every(({ cases, builds }) => Array.isArray(cases) && Array.isArray(builds))) return;
  throw new HotcellError({
    code: 'invalid-usage',
    message: 'runSuites takes suites as parseSuite and loadSuites give them',
    hint: 'use runSuite for one as it is written',
  });
}

function checkConcurrency(concurrency: number): number {
  if (Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= MAX_CONCURRENCY) return concurrency;
  throw new HotcellError({
    code: 'invalid-usage',
    message: `concurrency ${concurrency}: use a whole number from 1 to ${MAX_CONCURRENCY}`,
  });
}

function checkHome(home: string | undefined): string | undefined {
  if (home === undefined || isAbsolute(home)) return home;
  throw new HotcellError({ code: 'invalid-usage', message: `home ${quote(home)}: use an absolute path` });
}

/**
 * Starts a launcher, or connects to the one at `address`.
 *
 * @throws HotcellError `launcher-not-found`, `launcher-failed` with the failing step, `protocol-error`, `invalid-usage`
 */
export async function createHotcell(options: HotcellOptions = {}): Promise<Hotcell> {
  checkOptions('createHotcell', options, CELL_OPTIONS);
  const usual = Math.min(MAX_CONCURRENCY, Math.max(8, availableParallelism() * 2));
  const concurrency = checkConcurrency(options.concurrency ?? usual);
  const home = checkHome(options.home);
  const host = readHost();
  const supply = await supplyLauncher(host, options);
  const { identities } = await supply.connection();
  return new Cell(supply, { host: hostAsTried(host, identities), home, concurrency });
}
