import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Outcome } from '../../spec/index.js';
import { shellLine } from '../on-path.js';
import { withFlagNames } from './job-problems.js';
import type { RunPlan } from './plan.js';
import { writtenProgram } from './program.js';
import { explainHead, HEAD_BYTES, type Refusal } from './program-head.js';

/** Only for a hint: where nothing can be seen there is none to give. */
const isFile = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isFile() ?? false;

async function readHead(path: string): Promise<Buffer | null> {
  if (!(await isFile(path))) return null;
  try {
    const file = await open(path);
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return null; // the message without it says less, and is right
  }
}

function refusalOf({ startFailure, message }: Pick<Outcome, 'startFailure' | 'message'>): Refusal {
  if (startFailure === 'not-found') return 'missing';
  return message?.endsWith('(ENOEXEC)') ? 'format' : 'denied';
}

/** A program of this host's goes by the name that was typed, not by the one that it was given inside. */
async function ofProgram(outcome: Failed, message: string, { program, job }: Planned): Promise<string> {
  const typed = writtenProgram(job);
  const head = program === null ? null : await readHead(program.source);
  if (program === null || head === null) return message;
  const why = outcome.startFailure === 'set-up' ? null : explainHead(head, refusalOf(outcome));
  if (why !== null) return `${typed}: ${why}`;
  const typedOnce = (): string => typed;
  return message.replace(`files["${program.dest}"]`, typedOnce).replace(program.dest, typedOnce);
}

/** A name without a slash is looked for inside only; who has such a file here meant that. */
async function hereInstead({ startFailure }: Failed, { job }: Planned, cwd: string): Promise<string> {
  const typed = writtenProgram(job);
  if (startFailure !== 'not-found' || typed.includes('/') || !(await isFile(resolve(cwd, typed)))) return '';
  const line = shellLine([`./${typed}`]);
  return line === null ? '' : `; there is a file here: hotcell run ${line}`;
}

/** docker's `run IMAGE COMMAND`: who has such an image meant that. */
async function imageInstead(
  { startFailure }: Failed,
  { job, image }: Planned,
  hasImage: (reference: string) => Promise<boolean>,
): Promise<string> {
  const typed = writtenProgram(job);
  if (startFailure !== 'not-found' || image !== 'host' || !(await hasImage(typed))) return '';
  const line = shellLine(['--image', typed]);
  return line === null ? '' : `; there is an image of that name: hotcell run ${line}`;
}

/** What else the word may have meant that was not found. */
export interface Elsewhere {
  readonly cwd: string;
  readonly hasImage: (reference: string) => Promise<boolean>;
}

type Failed = Pick<Outcome, 'startFailure' | 'message'>;
type Planned = Pick<RunPlan, 'program' | 'job' | 'image'>;

/** The outcome with its message in the words of who typed the command line, if the program could not be started. */
export async function inTypedWords(
  outcome: Outcome,
  plan: Planned,
  { cwd, hasImage }: Elsewhere,
): Promise<Outcome> {
  const { status, message } = outcome;
  if (status !== 'start-failed' || message === null) return outcome;
  const said = await ofProgram(outcome, message, plan);
  const here = await hereInstead(outcome, plan, cwd);
  const hint = here === '' ? await imageInstead(outcome, plan, hasImage) : here;
  return { ...outcome, message: withFlagNames(said) + hint };
}
