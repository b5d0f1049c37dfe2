/** One job from its start to its outcome, as a recipe: check, stage, plan, launch, feed and listen, fold. */
import { availableParallelism, constants } from 'node:os';
import {
  Capture,
  describeOutput,
  foldOutcome,
  OutputList,
  pathText,
  SeriesRecorder,
} from '../collect/index.js';
import { CleanupStack, type Clock, HotcellError, newId, onAbort, quote, show } from '../core/index.js';
import {
  type Backend,
  checkEnforceable,
  type Host,
  type Operation,
  planRun,
  type RunEvents,
  type RunningSandbox,
  readNameFiles,
  systemCallsOf,
} from '../sandbox/index.js';
import {
  type CheckedJob,
  type CopiedFile,
  type ImageSource,
  imageKind,
  type Job,
  type Outcome,
  type ResolvedImage,
  type Sample,
  type SystemCalls,
  settleJob,
  type Trace,
} from '../spec/index.js';
import { feed, inputOf } from './input.js';
import { makeWorkdir, placeFiles } from './place.js';
import { checkOverlays, findIdentity, stageFiles } from './stage.js';

/** A file or directory that was copied out of the sandbox. Directories come before what is in them. */
export interface CopiedOutput {
  readonly kind: 'file' | 'directory';
  /** Absolute in the sandbox. */
  readonly path: string;
  /** Index in the job's `outputs`. */
  readonly output: number;
  readonly mode: number;
  readonly bytes: Uint8Array;
}

export interface RunOptions {
  /** Aborting cancels the run: it is killed, and the outcome says `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called with each piece as it comes, one after the other. A promise holds back the program, and takes no memory; the
   * run is not over before it settles. Of a run that is cancelled, what is not taken five seconds later is dropped.
   */
  readonly onStdout?: ((chunk: Uint8Array) => void | Promise<void>) | undefined;
  readonly onStderr?: ((chunk: Uint8Array) => void | Promise<void>) | undefined;
  /** Called with each file that is copied out, one after the other; see `outputs` of the job. */
  readonly onOutput?: ((file: CopiedOutput) => void | Promise<void>) | undefined;
  /** How often the run is looked at while it is under way, 10 or more: gives the outcome its `series`. Null = never. */
  readonly sampleIntervalMs?: number | null | undefined;
  /** Called with each sample; needs `sampleIntervalMs`. */
  readonly onSample?: ((sample: Sample) => void | Promise<void>) | undefined;
  /** What the program reads, for a job with stdin `{ stream: true }`. */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  /** Whether the outcome holds what was written; true unless said otherwise. */
  readonly capture?: boolean | undefined;
  /**
   * Whether the outcome lists the system calls that were made, and which the policy of the job would have refused. All are
   * let through but the few that no policy may allow, which are not listed. Takes isolation `full`, and some time for each call.
   */
  readonly traceSystemCalls?: boolean | undefined;
}

/** struct winsize holds 16 bits each; ioctl_tty(2). */
const MAX_CHARACTERS = 65_535;

const invalidUsage = (message: string): HotcellError => new HotcellError({ code: 'invalid-usage', message });

/** What is done to a run while it is on its way. Before it has started the calls are kept for it. */
export class RunControl {
  #run: RunningSandbox | undefined;
  #waiting: ((run: RunningSandbox) => void)[] = [];

  /** @throws HotcellError `invalid-usage` for a name that this system has no signal of. */
  signal(name: NodeJS.Signals): void {
    const signo = (constants.signals as Partial<Record<string, number>>)[name];
    if (signo === undefined)
      throw invalidUsage(`${show(name)} is not a signal; use a name such as "SIGTERM"`);
    this.#do((run) => run.signal(signo));
  }

  kill(): void {
    this.#do((run) => run.kill());
  }

  /** @throws HotcellError `invalid-usage` for a size that no terminal has. */
  resize(rows: number, cols: number): void {
    if (![rows, cols].every((n) => Number.isInteger(n) && n >= 1 && n <= MAX_CHARACTERS)) {
      throw invalidUsage(
        `${show(rows)} × ${show(cols)} is not a terminal; use whole numbers from 1 to ${MAX_CHARACTERS}`,
      );
    }
    this.#do((run) => run.resize(rows, cols));
  }

  attach(run: RunningSandbox): void {
    this.#run = run;
    for (const act of this.#waiting) act(run);
    this.#waiting = [];
  }

  #do(act: (run: RunningSandbox) => void): void {
    if (this.#run === undefined) this.#waiting.push(act);
    else act(this.#run);
  }
}

export interface WorkerContext {
  /** Asked for at the last moment: a launcher that died while the job was prepared has a successor by then. */
  readonly backend: () => Promise<Backend>;
  readonly host: Host;
  readonly clock: Clock;
  readonly images: ImageSource;
}

interface Prepared {
  readonly operations: Operation[];
  readonly degraded: string[];
  readonly describe: (trace: Trace) => SystemCalls;
}

interface Surroundings {
  readonly host: Host;
  readonly cleanup: CleanupStack;
  readonly sampleIntervalMs: number | null;
  readonly traceSystemCalls: boolean;
  readonly image: ResolvedImage | null;
}

async function prepare(job: Job, { cleanup, ...around }: Surroundings): Promise<Prepared> {
  const degraded = checkEnforceable(job, around.host);
  await checkOverlays(job);
  const { ids, groups } = await findIdentity(job, around.image);
  const workdir = await makeWorkdir(job, ids, cleanup);
  const files = await stageFiles(job, workdir);
  if (job.isolation === 'none') await placeFiles(files, ids);
  const names = await readNameFiles(job);
  const input = { job, ids, groups, files, workdir, names, cpuCount: availableParallelism(), ...around };
  return {
    operations: planRun(input),
    degraded,
    describe: (trace) => systemCallsOf(trace, input),
  };
}

/** Everything that a run says on its way, gathered for its outcome and passed on. */
class Gathered implements RunEvents {
  readonly stdout: Capture;
  readonly stderr: Capture;
  readonly outputs = new OutputList();
  readonly series: SeriesRecorder | null;
  trace: Trace | undefined;
  readonly #options: RunOptions;

  constructor(options: RunOptions, sampleIntervalMs: number | null) {
    this.#options = options;
    this.series = sampleIntervalMs === null ? null : new SeriesRecorder(sampleIntervalMs);
    this.stdout = new Capture(options.capture ?? true);
    this.stderr = new Capture(options.capture ?? true);
  }

  onStarted(): void {}

  onTrace(trace: Trace): void {
    this.trace = trace;
  }

  onSample(sample: Sample): void | Promise<void> {
    this.series?.push(sample);
    return this.#options.onSample?.(sample);
  }

  onStdout(chunk: Buffer): void | Promise<void> {
    const own = Buffer.from(chunk); // the frame's buffer is shared with its neighbours
    this.stdout.push(own);
    return this.#options.onStdout?.(own);
  }

  onStderr(chunk: Buffer): void | Promise<void> {
    const own = Buffer.from(chunk);
    this.stderr.push(own);
    return this.#options.onStderr?.(own);
  }

  onFile(file: CopiedFile): void | Promise<void> {
    const described = describeOutput(file);
    if (described !== null) this.outputs.add(described);
    if (file.kind === 'error' || described?.error) return undefined;
    const { text } = pathText(file.path);
    return this.#options.onOutput?.({ ...file, kind: file.kind, path: text });
  }
}

function cancelOn(signal: AbortSignal | undefined, run: RunningSandbox, cleanup: CleanupStack): void {
  cleanup.defer(onAbort(signal, () => run.kill()));
}

/** Null when it is not of the store. */
async function imageOf({ image, imageId }: CheckedJob, images: ImageSource): Promise<ResolvedImage | null> {
  const found = imageKind(image);
  if (found.kind !== 'store') return null;
  const { reference } = found;
  if (imageId === null) return await images.resolve(reference);
  try {
    return { ...(await images.resolve(imageId)), reference };
  } catch (error) {
    if (!(error instanceof HotcellError) || error.code !== 'image-not-found') throw error;
    const message = `image ${quote(reference)} has been removed; it was ${imageId}`;
    throw new HotcellError({ code: 'image-not-found', message, cause: error });
  }
}

/**
 * Runs one job. What the program does is in the outcome, whatever it is.
 *
 * @throws HotcellError `invalid-spec`, `image-not-found`, `isolation-unavailable`, `invalid-usage`, `closed`, or what a sink threw.
 */
export async function runJob(
  { backend, host, clock, images }: WorkerContext,
  checked: CheckedJob,
  options: RunOptions,
  control: RunControl,
): Promise<Outcome> {
  await using cleanup = new CleanupStack();
  const image = await imageOf(checked, images);
  const job = settleJob(checked, image);
  const input = await inputOf(job.stdin, options.stdin, cleanup);
  const sampleIntervalMs = options.sampleIntervalMs ?? null;
  const traceSystemCalls = options.traceSystemCalls ?? false;
  const around = { host, cleanup, sampleIntervalMs, traceSystemCalls, image };
  const { operations, degraded, describe } = await prepare(job, around);
  const gathered = new Gathered(options, sampleIntervalMs);
  const startedAt = clock.date();
  const run = (await backend()).run(operations, gathered);
  control.attach(run);
  cancelOn(options.signal, run, cleanup);
  const fed = input === null ? Promise.resolve() : feed(run, input, run.facts);
  const feedError = fed.then(
    () => undefined,
    (error: unknown) => {
      run.kill();
      return { error };
    },
  );
  const facts = await run.facts;
  const broken = await feedError;
  if (broken !== undefined) throw broken.error;
  return foldOutcome({
    id: newId(clock),
    job,
    facts,
    stdout: gathered.stdout.outcome(facts.truncated.stdout),
    stderr: gathered.stderr.outcome(facts.truncated.stderr),
    outputs: gathered.outputs.files,
    series: gathered.series?.outcome(facts) ?? null,
    systemCalls: gathered.trace && describe(gathered.trace),
    tier: host.tier,
    degraded,
    cgroupVersion: host.cgroups.find(({ controllers }) => controllers.includes('memory'))?.version ?? null,
    startedAt,
    finishedAt: clock.date(),
  });
}
