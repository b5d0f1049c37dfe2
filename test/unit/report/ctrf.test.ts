import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createCtrfReporter } from '../../../src/report/index.js';
import type { Outcome } from '../../../src/spec/index.js';
import { failed, HOSTILE, outcomeOf, skipped, textOf, written } from './support.js';

// The fields of https://raw.githubusercontent.com/ctrf-io/ctrf/main/schema/ctrf.schema.json that are used here. As there, no
// object takes unknown keys except "extra".
const extra = z.record(z.string(), z.unknown()).optional();
const status = z.enum(['passed', 'failed', 'skipped', 'pending', 'other']);
const lines = z.array(z.string()).optional();

const attempt = {
  status,
  duration: z.int(),
  start: z.int().optional(),
  stop: z.int().optional(),
  message: z.string().optional(),
  trace: z.string().optional(),
};

const test = z.strictObject({
  ...attempt,
  name: z.string().min(1),
  suite: z.array(z.string()).min(1).optional(),
  rawStatus: z.string().optional(),
  type: z.string().optional(),
  tags: lines,
  retries: z.int().optional(),
  retryAttempts: z.array(z.strictObject({ ...attempt, attempt: z.int().min(1) })).optional(),
  flaky: z.boolean().optional(),
  stdout: lines,
  stderr: lines,
  threadId: z.string().optional(),
  extra,
});

const counts = { passed: z.int(), failed: z.int(), skipped: z.int(), pending: z.int(), other: z.int() };

const ctrfSchema = z.strictObject({
  reportFormat: z.literal('CTRF'),
  specVersion: z.string().regex(/^[0-9]+\.[0-9]+\.[0-9]+$/),
  results: z.strictObject({
    tool: z.strictObject({ name: z.string().min(1), version: z.string().optional() }),
    environment: z.strictObject({ osPlatform: z.string(), osRelease: z.string(), extra }),
    summary: z.strictObject({
      ...counts,
      tests: z.int(),
      flaky: z.int().optional(),
      suites: z.int().optional(),
      start: z.int(),
      stop: z.int(),
      extra,
    }),
    tests: z.array(test),
  }),
});

const ctrf = async (outcomes: Iterable<Outcome>) =>
  ctrfSchema.parse(JSON.parse(await textOf(createCtrfReporter, outcomes)));

describe('CTRF', () => {
  it.each(Object.entries(HOSTILE))('stays valid with %s everywhere', async (_, text) => {
    const all = { failures: [text], message: text, stdout: written(text), labels: { [text]: text } };
    const { results } = await ctrf([failed({ suite: text, job: text, case: text, ...all })]);
    expect(results.tests[0]?.stdout?.join('\n')).toBe(text);
  });

  it('counts as its own summary does', async () => {
    const { results } = await ctrf([
      failed({ role: 'build', case: null }),
      skipped({ role: 'build', case: null, job: 'other' }),
      outcomeOf(),
      outcomeOf({ case: 'b', verdict: 'error', status: 'internal-error' }),
      skipped({ case: 'c' }),
    ]);
    expect(results.summary).toMatchObject({
      tests: 5,
      passed: 1,
      failed: 3,
      skipped: 1,
      suites: 1,
      flaky: 0,
    });
    expect(results.summary.extra).toMatchObject({ ok: false });
    expect((await ctrf([])).results.tests).toEqual([]);
  });

  it('lists the attempts before the last', async () => {
    const { results } = await ctrf([
      failed({ final: false, failures: ['first'] }),
      failed({ final: false, attempt: 2 }),
      outcomeOf({ attempt: 3 }),
    ]);
    expect(results.tests).toHaveLength(1);
    expect(results.tests[0]).toMatchObject({
      status: 'passed',
      flaky: true,
      retries: 2,
      retryAttempts: [{ attempt: 1, status: 'failed', message: 'first' }, { attempt: 2 }],
    });
  });
});
