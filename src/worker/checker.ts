import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CleanupStack, HotcellError, makeScratch } from '../core/index.js';
import type { CheckedJob, Companion, JobFile, Program, TextExpectation } from '../spec/index.js';
import { companionOf, jobOf, withFiles } from './program.js';
import { Recording } from './recording.js';
import { RunControl, runJob, type WorkerContext } from './run-job.js';
import { type Ruling, rulingOf } from './serving.js';
import type { CaseTask, TaskOptions } from './task.js';

/** The checker's arguments, and the names of its files: what the program read, what it wrote, what is expected. */
const NAMES = ['input', 'output', 'answer'] as const;

/** More does not fit well into a frame of the launcher's protocol. */
const INLINE_BYTES = 1024 * 1024;

type Source = JobFile['source'];

export interface CheckInput {
  readonly checker: Program;
  readonly built: CaseTask['built'];
  readonly stdin: CheckedJob['stdin'];
  readonly stdout: Buffer;
  readonly expected: TextExpectation | null;
  readonly captureBytes: number;
}

const NOTHING: Source = { kind: 'bytes', bytes: new Uint8Array() };

function inputSource(stdin: CheckedJob['stdin']): Source {
  return stdin.kind === 'bytes' || stdin.kind === 'path' ? stdin : NOTHING;
}

/** What is large goes by way of a file, which the launcher copies. */
async function onDisk(source: Source, cleanup: CleanupStack): Promise<Source> {
  if (source.kind === 'path' || source.bytes.byteLength <= INLINE_BYTES) return source;
  const directory = await makeScratch('check');
  cleanup.defer(() => rm(directory, { recursive: true, force: true }));
  const path = join(directory, 'file');
  await writeFile(path, source.bytes, { flag: 'wx', mode: 0o600 });
  return { kind: 'path', path };
}

async function checkerJob(input: CheckInput, cleanup: CleanupStack): Promise<CheckedJob> {
  const { checker, built, stdin, stdout, expected } = input;
  const sources: Readonly<Record<(typeof NAMES)[number], Source>> = {
    input: inputSource(stdin),
    output: { kind: 'bytes', bytes: stdout },
    answer: expected?.expected ?? NOTHING,
  };
  const files: JobFile[] = [];
  for (const dest of NAMES) files.push({ dest, source: await onDisk(sources[dest], cleanup), mode: 0o644 });
  const job = withFiles(jobOf(checker, built), files);
  return { ...job, command: [...(job.command ?? []), ...NAMES] };
}

async function prepared(input: CheckInput, cleanup: CleanupStack): Promise<CheckedJob> {
  try {
    return await checkerJob(input, cleanup);
  } catch (error) {
    if (error instanceof HotcellError) throw error;
    const { message } = error as Error;
    throw new HotcellError({
      code: 'io',
      message: `cannot save what the checker reads: ${message}`,
      cause: error,
    });
  }
}

/** Runs the checker in a sandbox of its own. @throws as `runJob`; HotcellError `io` when the disk is full */
export async function check(
  context: WorkerContext,
  input: CheckInput,
  options: TaskOptions,
): Promise<{ ruling: Ruling; companion: Companion }> {
  await using cleanup = new CleanupStack();
  const job = await prepared(input, cleanup);
  const recording = new Recording();
  const outcome = await runJob(
    context,
    job,
    { signal: options.signal, ...recording.options },
    new RunControl(),
  );
  const said = Buffer.concat([recording.stdout, recording.stderr]);
  return {
    ruling: rulingOf('checker', outcome, said),
    companion: companionOf(recording.fill(outcome, input.captureBytes), 'checker'),
  };
}
