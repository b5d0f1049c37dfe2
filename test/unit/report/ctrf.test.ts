import { type CTRFReport, validate } from 'ctrf';
import { describe, expect, it } from 'vitest';
import { createCtrfReporter } from '../../../src/report/index.js';
import type { Outcome } from '../../../src/spec/index.js';
import { failed, HOSTILE, outcomeOf, skipped, textOf, written } from './support.js';

/** Read back, and held to the format's own schema. */
async function ctrf(outcomes: Iterable<Outcome>): Promise<CTRFReport> {
  const report: unknown = JSON.parse(await textOf(createCtrfReporter, outcomes));
  expect(validate(report)).toEqual({ valid: true, errors: [] });
  return report as CTRFReport;
}

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
