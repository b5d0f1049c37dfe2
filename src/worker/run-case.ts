/** One case from its start to its judged outcome: run, alone or with an interactor, compare, ask the checker. */
import { judge } from '../judge/index.js';
import { type CheckedJob, type Companion, inWorkdir, type Outcome, type Program } from '../spec/index.js';
import { applyRuling, judgeDialogue, type Verdicted } from './blame.js';
import { check } from './checker.js';
import { converse } from './interactor.js';
import { companionOf, jobOf } from './program.js';
import { Recording } from './recording.js';
import { RunControl, runJob, type WorkerContext } from './run-job.js';
import { rulingOf } from './serving.js';
import { type CaseTask, DEFAULT_CAPTURE_BYTES, type TaskOptions } from './task.js';

interface Tried {
  readonly outcome: Outcome;
  readonly verdicted: Verdicted;
  readonly companions: readonly Companion[];
}

/** How much longer than its program an interactor may take that was given no time of its own. */
const INTERACTOR_GRACE_MS = 1000;

/** One that hangs must not keep its place for minutes; one that ended with its program could not say what it thinks. */
function outlasting(interactor: CheckedJob, { limits: { wallTimeMs } }: CheckedJob): CheckedJob {
  const { limits } = interactor;
  if (wallTimeMs === null || limits.explicit.includes('wallTime')) return interactor;
  return { ...interactor, limits: { ...limits, wallTimeMs: wallTimeMs + INTERACTOR_GRACE_MS } };
}

class CaseRun {
  readonly #context: WorkerContext;
  readonly #task: CaseTask;
  readonly #options: TaskOptions;
  readonly #captureBytes: number;
  readonly #files = new Map<string, Uint8Array>();
  readonly #recording: Recording;

  constructor(context: WorkerContext, task: CaseTask, options: TaskOptions) {
    this.#context = context;
    this.#task = task;
    this.#options = options;
    this.#captureBytes = task.captureBytes ?? DEFAULT_CAPTURE_BYTES;
    const { outputs, workdir } = task.case.program.job;
    // Two paths may be one place: one from the root, one from the workdir.
    const wanted = new Map(task.case.expect.outputs.map(({ path }) => [inWorkdir(path, workdir), path]));
    this.#recording = new Recording(outputs, (name, { bytes }) => {
      const path = wanted.get(inWorkdir(name, workdir));
      if (path !== undefined) this.#files.set(path, bytes);
    });
  }

  async run(): Promise<Outcome> {
    const { interactor } = this.#task.case;
    const tried = await (interactor === null ? this.#alone() : this.#talking(interactor));
    const { outcome, verdicted, companions } = await this.#checked(tried);
    const { suite, case: item, attempt, repeat, final = true } = this.#task;
    const { error, ...judged } = verdicted;
    return {
      ...this.#recording.fill(outcome, this.#captureBytes),
      suite,
      job: item.job,
      case: item.case,
      attempt,
      repeat,
      final,
      labels: { ...item.labels },
      points: item.points,
      ...judged,
      message: error ?? outcome.message,
      companions: [...companions],
    };
  }

  #judge(outcome: Outcome) {
    const { stdout, stderr } = this.#recording;
    return judge({ outcome, expect: this.#task.case.expect, stdout, stderr, files: this.#files });
  }

  async #alone(): Promise<Tried> {
    const options = { ...this.#options, ...this.#recording.options };
    const job = jobOf(this.#task.case.program, this.#task.built);
    const outcome = await runJob(this.#context, job, options, new RunControl());
    return { outcome, verdicted: { ...(await this.#judge(outcome)), error: null }, companions: [] };
  }

  async #talking(interactor: Program): Promise<Tried> {
    const { program } = this.#task.case;
    const { built } = this.#task;
    const recording = new Recording();
    const dialogue = await converse(
      this.#context,
      { job: jobOf(program, built), recording: this.#recording, options: this.#options },
      {
        job: outlasting(jobOf(interactor, built), program.job),
        recording,
        options: { signal: this.#options.signal },
      },
    );
    const ruling = rulingOf('interactor', dialogue.interactor, recording.stderr);
    return {
      outcome: dialogue.program,
      verdicted: judgeDialogue(dialogue, await this.#judge(dialogue.program), ruling),
      companions: [companionOf(recording.fill(dialogue.interactor, this.#captureBytes), 'interactor')],
    };
  }

  /** The checker has the last word on what nothing else is wrong with. */
  async #checked(tried: Tried): Promise<Tried> {
    const { program, expect } = this.#task.case;
    if (expect.checker === null || tried.verdicted.verdict !== 'passed') return tried;
    const { ruling, companion } = await check(
      this.#context,
      {
        checker: expect.checker,
        built: this.#task.built,
        stdin: program.job.stdin,
        stdout: this.#recording.stdout,
        expected: expect.stdout,
        captureBytes: this.#captureBytes,
      },
      this.#options,
    );
    return {
      ...tried,
      verdicted: applyRuling(tried.verdicted, ruling, true),
      companions: [...tried.companions, companion],
    };
  }
}

/**
 * Runs one case and judges it. What the programs do is in the outcome, whatever it is: a checker or an interactor that
 * breaks gives the verdict `error`, and why stands in `message`.
 *
 * @throws as `runJob`; also HotcellError `invalid-spec` when a file with what is expected cannot be read, `io` when the
 *   disk is full, `internal` when `built` lacks a build.
 */
export async function runCase(
  context: WorkerContext,
  task: CaseTask,
  options: TaskOptions = {},
): Promise<Outcome> {
  return await new CaseRun(context, task, options).run();
}
