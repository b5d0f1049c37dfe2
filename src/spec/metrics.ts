import * as z from 'zod';

/** Measured in milliseconds, bytes or plain counts as the name says; null when it could not be had. */
const metric = z.number().nonnegative().nullable();
const count = z.int().nonnegative().nullable();

const measured = {
  wallMs: metric.meta({ description: 'from just before exec to the exit being seen, CLOCK_MONOTONIC' }),
  cpuMs: metric.meta({ description: 'CPU time of all processes, user and system' }),
  cpuUserMs: metric,
  cpuSystemMs: metric,
  memoryPeakBytes: count.meta({ description: 'highest memory of all processes and their files in memory' }),
  pidsPeak: count,
  oomKills: count,
  pidsLimitHits: count.meta({ description: 'how often a new process or thread was refused' }),
  throttledMs: metric.meta({ description: 'time in which the CPU rate limit held the processes back' }),
  ioReadBytes: count,
  ioWriteBytes: count,
  voluntarySwitches: count,
  involuntarySwitches: count,
  diskUsedBytes: count.meta({ description: 'of everything writable, at the end' }),
  inodesUsed: count.meta({ description: 'of everything writable, at the end' }),
  queueMs: metric.meta({ description: 'waiting for a free place' }),
  setupMs: metric.meta({ description: 'making the sandbox' }),
  teardownMs: metric.meta({ description: 'removing the sandbox; null if the outcome was there first' }),
};

export type MetricName = keyof typeof measured;

export const METRIC_NAMES = Object.keys(measured) as [MetricName, ...MetricName[]];

export const metricsSchema = z.strictObject({
  ...measured,
  sources: z.partialRecord(z.enum(METRIC_NAMES), z.string()).meta({
    description: 'where a figure comes from, or why it is null ("unavailable: …")',
  }),
});

/** What one run used. A figure that could not be had is null, never 0, and `sources` says why. */
export type Metrics = z.output<typeof metricsSchema>;
