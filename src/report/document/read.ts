import { createReadStream } from 'node:fs';
import * as z from 'zod';
import { HotcellError, invalidSpec, quote } from '../../core/index.js';
import { type Outcome, outcomeSchema } from '../../spec/index.js';
import { ioError } from '../reason.js';
import type { ReportStart, Summary } from '../reporter.js';
import { linesOf } from './lines.js';
import { REPORT_VERSION, reportEventSchema, startSchema, summarySchema } from './schema.js';
import { JsonSplitter, type Piece } from './splitter.js';

/** A report on disk. Its outcomes are read again each time, one by one, however many there are. */
export interface StoredReport {
  readonly start: ReportStart;
  /** Null when the run never got to its end. */
  readonly summary: Summary | null;
  outcomes(): AsyncIterable<Outcome>;
}

type Event =
  | { readonly kind: 'start'; readonly start: ReportStart }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'end'; readonly summary: Summary };

const CHUNK_BYTES = 1 << 18;

async function* chunksOf(path: string): AsyncGenerator<Buffer, void, undefined> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) yield chunk as Buffer;
  } catch (error) {
    throw ioError('read the report', path, error);
  }
}

/** `summary.verdicts.passed: expected number` of the first thing that is wrong. */
function problemOf({ issues: [issue] }: z.ZodError): string {
  const path = issue?.path.map(String).join('.') ?? '';
  return `${path === '' ? '' : `${path}: `}${issue?.message ?? 'is not right'}`;
}

function checked<T>(schema: z.ZodType<T>, text: string, where: string): T {
  const result = schema.safeParse(JSON.parse(text));
  if (!result.success) throw new SyntaxError(`${where}: ${problemOf(result.error)}`);
  return result.data;
}

const versionSchema = z.literal(REPORT_VERSION, {
  error: ({ input }) => `is ${String(input)}; only ${REPORT_VERSION} can be read`,
});

/** What a piece of a document says; nothing for its version. */
function* eventOf({ key, text }: Piece, index: number): Generator<Event, void, undefined> {
  switch (key) {
    case 'version':
      checked(versionSchema, text, 'version');
      return;
    case 'start':
      yield { kind: 'start', start: checked(startSchema, text, 'start') };
      return;
    case 'summary':
      yield { kind: 'end', summary: checked(summarySchema, text, 'summary') };
      return;
    case 'outcomes':
      yield { kind: 'outcome', outcome: checked(outcomeSchema, text, `outcomes[${index}]`) };
      return;
    default:
      throw new SyntaxError(`${quote(key)}: is no key of a report`);
  }
}

async function* documentEvents(path: string, withOutcomes: boolean): AsyncGenerator<Event, void, undefined> {
  const splitter = new JsonSplitter({
    list: 'outcomes',
    wants: (key) => (key === 'outcomes') === withOutcomes,
  });
  let index = 0;
  let hasVersion = withOutcomes;
  for await (const chunk of chunksOf(path)) {
    for (const piece of splitter.push(chunk)) {
      hasVersion ||= piece.key === 'version';
      yield* eventOf(piece, index++);
    }
  }
  splitter.end();
  if (!hasVersion) throw new SyntaxError('it has no version');
}

const decoder = new TextDecoder('utf-8', { fatal: true });

async function* lineEvents(path: string): AsyncGenerator<Event, void, undefined> {
  let number = 0;
  for await (const { bytes, torn } of linesOf(chunksOf(path))) {
    number++;
    // Whoever writes a line may be killed in the middle of it.
    if (torn) return;
    const event = checked(reportEventSchema, decoder.decode(bytes), `line ${number}`);
    if (event.event === 'start') yield { kind: 'start', start: event.start };
    else if (event.event === 'end') yield { kind: 'end', summary: event.summary };
    else yield { kind: 'outcome', outcome: event.outcome };
  }
}

/** By its first line: only in JSON lines is that a value of its own. */
async function isLines(path: string): Promise<boolean> {
  for await (const { bytes } of linesOf(chunksOf(path))) {
    try {
      const first: unknown = JSON.parse(bytes.toString());
      return typeof first === 'object' && first !== null && 'event' in first;
    } catch {
      return false;
    }
  }
  return false;
}

/** Faults of the file are the caller's; they name it. */
async function* explained<T>(path: string, values: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  try {
    yield* values;
  } catch (error) {
    if (error instanceof HotcellError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw invalidSpec(`${quote(path, 200)} is not a report of Hotcell: ${why}`);
  }
}

/**
 * Opens what the reporters `json` and `jsonl` write. JSON is read twice, as its summary comes last.
 *
 * @throws HotcellError `io` when it cannot be read, `invalid-spec` when it is no report; so do the outcomes
 */
export async function readReport(path: string): Promise<StoredReport> {
  const asLines = await isLines(path);
  const events = (withOutcomes: boolean): AsyncIterable<Event> =>
    explained(path, asLines ? lineEvents(path) : documentEvents(path, withOutcomes));
  let start: ReportStart | null = null;
  let summary: Summary | null = null;
  for await (const event of events(false)) {
    if (event.kind === 'start') start = event.start;
    if (event.kind === 'end') summary = event.summary;
  }
  if (start === null) throw invalidSpec(`${quote(path, 200)} is not a report of Hotcell: it has no start`);
  return { start, summary, outcomes: () => outcomesOf(events(true)) };
}

async function* outcomesOf(events: AsyncIterable<Event>): AsyncGenerator<Outcome, void, undefined> {
  for await (const event of events) if (event.kind === 'outcome') yield event.outcome;
}
