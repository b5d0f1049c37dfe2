/**
 * A program and its interactor, wired to each other. Whoever ends closes the other's input, and only then: what the other
 * does upon it comes after, so the order in which the two end says who began.
 */
import type { CheckedJob, Outcome } from '../spec/index.js';
import { Pipe } from './pipe.js';
import type { Recording } from './recording.js';
import { RunControl, runJob, type WorkerContext } from './run-job.js';
import type { TaskOptions } from './task.js';

export type Side = 'program' | 'interactor';

export interface Dialogue {
  readonly program: Outcome;
  readonly interactor: Outcome;
  readonly endedFirst: Side;
  /** Null when neither has written anything. */
  readonly spokeLast: Side | null;
}

const OTHER: Readonly<Record<Side, Side>> = { program: 'interactor', interactor: 'program' };

interface Speaker {
  readonly job: CheckedJob;
  readonly recording: Recording;
  readonly options: TaskOptions;
}

class Talk {
  readonly #context: WorkerContext;
  readonly #pipes: Readonly<Record<Side, Pipe>>;
  readonly #controls: Readonly<Record<Side, RunControl>> = {
    program: new RunControl(),
    interactor: new RunControl(),
  };
  endedFirst: Side | undefined;
  spokeLast: Side | null = null;

  constructor(context: WorkerContext, jobs: Readonly<Record<Side, CheckedJob>>) {
    this.#context = context;
    this.#pipes = {
      program: new Pipe(jobs.program.limits.outputBytes),
      interactor: new Pipe(jobs.interactor.limits.outputBytes),
    };
  }

  /** @throws as `runJob`; the other is killed then, for it would wait in vain */
  async run(side: Side, { job, recording, options }: Speaker): Promise<Outcome> {
    try {
      const outcome = await runJob(
        this.#context,
        { ...job, stdin: { kind: 'stream' } },
        {
          ...options,
          ...recording.options,
          stdin: this.#pipes[OTHER[side]],
          onStdout: (chunk) => {
            void recording.options.onStdout?.(chunk);
            this.spokeLast = side;
            return this.#pipes[side].push(chunk);
          },
        },
        this.#controls[side],
      );
      this.endedFirst ??= side;
      return outcome;
    } catch (error) {
      this.#controls[OTHER[side]].kill();
      throw error;
    } finally {
      this.#pipes[side].end();
    }
  }
}

/** @throws as `runJob`, after both are over */
export async function converse(
  context: WorkerContext,
  program: Speaker,
  interactor: Speaker,
): Promise<Dialogue> {
  const talk = new Talk(context, { program: program.job, interactor: interactor.job });
  const runs = await Promise.allSettled([talk.run('program', program), talk.run('interactor', interactor)]);
  const failed = runs.find((run) => run.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const [first, second] = runs.map((run) => (run.status === 'fulfilled' ? run.value : undefined));
  if (first === undefined || second === undefined) throw new TypeError('a run neither ended nor failed');
  return {
    program: first,
    interactor: second,
    endedFirst: talk.endedFirst ?? 'program',
    spokeLast: talk.spokeLast,
  };
}
