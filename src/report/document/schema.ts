import * as z from 'zod';
import { type JsonSchema, outcomeSchema, VERDICTS } from '../../spec/index.js';
import type { HostReport, ReportStart, Summary } from '../reporter.js';

/** Of the document's shape. */
export const REPORT_VERSION = 1;

const count = z.int().nonnegative();
const figure = z.number().nonnegative().nullable();
const percent = z
  .number()
  .min(0)
  .max(100)
  .nullable()
  .meta({ description: 'of the last ten seconds, in which something waited for it; see proc_pressure(5)' });

const hostSchema = z.strictObject({
  hostname: z.string(),
  kernel: z.string(),
  cpuModel: z.string(),
  cpuCount: count,
  memoryBytes: count,
  swapBytes: count,
  load: figure.meta({ description: 'of one minute' }),
  governor: z.string().nullable(),
  smt: z.boolean().nullable(),
  pressure: z.strictObject({ cpu: percent, memory: percent, io: percent }),
  stealMs: figure.meta({ description: 'since boot' }),
  throttledMs: figure.meta({ description: 'since boot, or since the control group was made' }),
}) satisfies z.ZodType<HostReport>;

const version = z.literal(REPORT_VERSION, { error: `must be ${REPORT_VERSION}, the only version there is` });

export const startSchema = z.strictObject({
  id: z.string().min(1),
  version: z.string().meta({ description: 'of Hotcell' }),
  startedAt: z.iso.datetime(),
  host: hostSchema,
  total: count.meta({ description: 'cases that were to run, repetitions included' }),
  suites: z.array(z.string()),
  workers: count,
}) satisfies z.ZodType<ReportStart>;

export const summarySchema = z.strictObject({
  id: z.string().min(1),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  wallMs: z.number().nonnegative(),
  verdicts: z.record(z.enum(VERDICTS), count).meta({ description: 'of the last attempts of programs' }),
  total: count.meta({ description: 'last attempts of programs' }),
  points: z
    .strictObject({ earned: z.number().nonnegative(), possible: z.number().nonnegative() })
    .nullable()
    .default(null)
    .meta({ description: 'of the cases that have points; null when none has' }),
  failedBuilds: count,
  flaky: z.array(z.string()).meta({ description: 'what passed only after an attempt that did not' }),
  stopped: z
    .enum(['bail', 'cancelled', 'timeout'])
    .nullable()
    .meta({ description: 'why not everything ran; null when everything did' }),
  ok: z
    .boolean()
    .meta({ description: 'nothing failed, was in error, was lost or stopped; every build passed' }),
  host: hostSchema,
}) satisfies z.ZodType<Summary>;

/** What the reporter `json` writes. */
export const reportSchema = z.strictObject({
  version,
  start: startSchema,
  outcomes: z.array(outcomeSchema),
  summary: summarySchema,
});

/** One line of what the reporter `jsonl` writes. */
export const reportEventSchema = z.discriminatedUnion('event', [
  z.strictObject({ event: z.literal('start'), version, start: startSchema }),
  z.strictObject({ event: z.literal('outcome'), outcome: outcomeSchema }),
  z.strictObject({ event: z.literal('end'), summary: summarySchema }),
]);

/** The JSON Schema (draft 2020-12) of a report. */
export function reportJsonSchema(): JsonSchema {
  return { title: 'Hotcell report', ...z.toJSONSchema(reportSchema, { io: 'output' }) };
}
