/** A build from its start to its outputs, saved for the programs that need them. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HotcellError, quote } from '../core/index.js';
import type { Outcome } from '../spec/index.js';
import { Recording } from './recording.js';
import { type CopiedOutput, RunControl, runJob, type WorkerContext } from './run-job.js';
import { type BuildTask, type BuiltFile, DEFAULT_CAPTURE_BYTES, type TaskOptions } from './task.js';

function saving(directory: string, error: unknown): HotcellError {
  const { message } = error as Error;
  return new HotcellError({
    code: 'io',
    message: `cannot save what was built in ${quote(directory)}: ${message}`,
    cause: error,
  });
}

/** Files get names of ours: those of the sandbox were chosen by a program that nobody trusts. */
class Shelf {
  readonly files: BuiltFile[] = [];
  readonly #directory: string;
  #made: Promise<string> | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async save(dest: string, { mode, bytes }: CopiedOutput): Promise<void> {
    try {
      this.#made ??= mkdtemp(join(this.#directory, 'build-'));
      const path = join(await this.#made, String(this.files.length));
      await writeFile(path, bytes, { flag: 'wx', mode: 0o600 });
      this.files.push({ dest, path, mode: mode & 0o777 });
    } catch (error) {
      throw saving(this.#directory, error);
    }
  }
}

/** A build that ended well but did not make what it was to make did not end well. */
function withMissing(outcome: Outcome): Outcome {
  if (outcome.verdict !== 'passed') return outcome;
  const failures = outcome.outputs.flatMap(({ path, error }) =>
    error === null ? [] : [`output ${quote(path)}: ${error}`],
  );
  return failures.length === 0 ? outcome : { ...outcome, verdict: 'failed', failures };
}

/**
 * Runs a build, and saves its outputs in a new directory in `task.directory`. There are no files unless its verdict is
 * `passed`.
 *
 * @throws as `runJob`; also HotcellError `io` when a file cannot be saved
 */
export async function runBuild(
  context: WorkerContext,
  { suite, build, directory, captureBytes = DEFAULT_CAPTURE_BYTES }: BuildTask,
  options: TaskOptions = {},
): Promise<{ outcome: Outcome; files: BuiltFile[] }> {
  const shelf = new Shelf(directory);
  const recording = new Recording(build.job.outputs, (dest, file) => shelf.save(dest, file));
  const ran = await runJob(context, build.job, { ...options, ...recording.options }, new RunControl());
  const filled = recording.fill(ran, captureBytes);
  const outcome: Outcome = withMissing({ ...filled, suite, job: build.name, role: 'build' });
  return { outcome, files: outcome.verdict === 'passed' ? shelf.files : [] };
}
