import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { HotcellError } from '../core/index.js';
import { type Outcome, outcomeSchema, type StreamOutcome, VERDICTS } from '../spec/index.js';
import { codeOf, ioError } from './io-error.js';
import { FILES } from './layout.js';

/** What a record may take; more is none that we wrote. */
const MAX_RECORD_BYTES = 16 * 1024 ** 2;

/** More than a command line can have. */
const MAX_WORDS = 262_144;
const MAX_FLAKY = 1000;

/** `run`: one program; `test`: suites. */
export const RUN_KINDS = ['run', 'test'] as const;

export type RunKind = (typeof RUN_KINDS)[number];

const summarySchema = z.strictObject({
  total: z.int().nonnegative(),
  verdicts: z.record(z.enum(VERDICTS), z.int().nonnegative()),
  failedBuilds: z.int().nonnegative(),
  flaky: z.array(z.string()),
  stopped: z.enum(['bail', 'cancelled', 'timeout']).nullable(),
  ok: z.boolean(),
});

/** How a test ended, as far as its history keeps it. */
export type KeptSummary = z.output<typeof summarySchema>;

const text = z.string();

export const recordSchema = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(/^[0-9a-z]{26}$/),
  kind: z.enum(RUN_KINDS),
  name: text.nullable(),
  labels: z.record(z.string(), text),
  image: text.nullable().meta({ description: 'null for a test, whose jobs have images of their own' }),
  command: z
    .array(text)
    .meta({ description: 'of a run the program and its arguments, of a test the suites' }),
  flags: z.record(z.string(), z.array(text)).default({}).meta({
    description: 'of a test those that say what it is about, with their values; it is resumed with them',
  }),
  cwd: text.nullable(),
  stoppable: z
    .boolean()
    .meta({ description: 'whether its process does nothing else, and may be ended with it' }),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable().meta({ description: 'null while it runs, and when it was lost' }),
  exitCode: z.int().min(0).max(255).nullable().meta({ description: 'what Hotcell exited with' }),
  turn: z.int().positive().meta({ description: 'from 1, and one more each time it was taken up again' }),
  outcome: outcomeSchema.nullable().meta({ description: 'of a run, without what it wrote' }),
  summary: summarySchema.nullable().meta({ description: 'of a test' }),
});

/** What is kept of a run besides its journal and its logs. */
export type RunRecord = z.output<typeof recordSchema>;

/** The record of a run that is about to begin. */
export type NewRun = Pick<RunRecord, 'kind'> &
  Partial<Pick<RunRecord, 'name' | 'labels' | 'image' | 'command' | 'flags' | 'cwd' | 'stoppable'>>;

export interface RunResult {
  readonly exitCode: number;
  readonly outcome?: Outcome | null | undefined;
  /** A report's summary will do: what else it has is left out. */
  readonly summary?: KeptSummaryInput | null | undefined;
}

export type KeptSummaryInput = {
  readonly [Key in keyof KeptSummary]: Key extends 'flaky' ? readonly string[] : Readonly<KeptSummary[Key]>;
};

const lengthOf = ({ bytes, truncated }: StreamOutcome): StreamOutcome => ({ text: '', bytes, truncated });

/** With only how much was written, and not what. */
export function withoutText<T extends Pick<Outcome, 'stdout' | 'stderr'>>(outcome: T): T {
  return { ...outcome, stdout: lengthOf(outcome.stdout), stderr: lengthOf(outcome.stderr) };
}

function keptSummary(given: KeptSummaryInput): KeptSummary {
  const { total, verdicts, failedBuilds, flaky, stopped, ok } = given;
  return { total, verdicts: { ...verdicts }, failedBuilds, flaky: flaky.slice(0, MAX_FLAKY), stopped, ok };
}

export function newRecord(id: string, createdAt: Date, run: NewRun): RunRecord {
  return {
    version: 1,
    id,
    kind: run.kind,
    name: run.name ?? null,
    labels: run.labels ?? {},
    image: run.image ?? null,
    command: (run.command ?? []).slice(0, MAX_WORDS),
    flags: run.flags ?? {},
    cwd: run.cwd ?? null,
    stoppable: run.stoppable ?? false,
    createdAt: createdAt.toISOString(),
    finishedAt: null,
    exitCode: null,
    turn: 1,
    outcome: null,
    summary: null,
  };
}

export function resumedRecord(record: RunRecord, turn: number): RunRecord {
  return { ...record, finishedAt: null, exitCode: null, summary: null, turn };
}

export function finishedRecord(record: RunRecord, finishedAt: Date, result: RunResult): RunRecord {
  const { exitCode, outcome = null, summary = null } = result;
  return {
    ...record,
    finishedAt: finishedAt.toISOString(),
    exitCode,
    // What was written is in the logs.
    outcome: outcome === null ? null : withoutText(outcome),
    summary: summary === null ? null : keptSummary(summary),
  };
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function writeSynced(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Replaces the record as a whole: after a crash there is the old one or the new one. */
export async function writeRecord(directory: string, record: RunRecord): Promise<void> {
  const path = join(directory, FILES.record);
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeSynced(temporary, `${JSON.stringify(record)}\n`);
    await rename(temporary, path);
    await syncDirectory(dirname(path));
  } catch (cause) {
    await rm(temporary, { force: true });
    throw ioError(`cannot write ${path}`, cause);
  }
}

async function readBounded(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > MAX_RECORD_BYTES) throw new Error('is too large');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/**
 * @returns null when there is none
 * @throws HotcellError `io` for one that cannot be read, or that another version of Hotcell wrote
 */
export async function readRecord(directory: string): Promise<RunRecord | null> {
  const path = join(directory, FILES.record);
  try {
    return recordSchema.parse(JSON.parse(await readBounded(path)));
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    if (cause instanceof z.ZodError || cause instanceof SyntaxError) {
      throw new HotcellError({ code: 'io', message: `${path}: not a record that this version reads`, cause });
    }
    throw ioError(`cannot read ${path}`, cause);
  }
}
