import { describe, expect, it } from 'vitest';
import { SummaryBuilder } from '../../../src/report/index.js';
import type { Outcome } from '../../../src/spec/index.js';
import { failed, host, outcomeOf, skipped, startOf } from './support.js';

function summaryOf(outcomes: readonly Outcome[], total: number, stopped: 'bail' | null = null) {
  const builder = new SummaryBuilder(startOf({ total }));
  for (const outcome of outcomes) builder.add(outcome);
  return builder.finish({ stopped, host });
}

describe('a summary', () => {
  it('is not ok when outcomes that were announced never came', () => {
    expect(summaryOf([outcomeOf()], 2)).toMatchObject({ ok: false, total: 1 });
    expect(summaryOf([outcomeOf({ final: false })], 1)).toMatchObject({ ok: false, total: 0 });
  });

  it('is not ok when something failed, was in error, was stopped, or could not be built', () => {
    expect(summaryOf([failed()], 1).ok).toBe(false);
    expect(summaryOf([outcomeOf({ verdict: 'error' })], 1).ok).toBe(false);
    expect(summaryOf([outcomeOf()], 1, 'bail').ok).toBe(false);
    expect(summaryOf([outcomeOf(), failed({ role: 'build' })], 1)).toMatchObject({
      ok: false,
      failedBuilds: 1,
    });
  });

  it('has the points of what passed last, of all that could be had', () => {
    expect(summaryOf([outcomeOf()], 1).points).toBeNull();
    const outcomes = [
      outcomeOf({ points: 0.1 }),
      outcomeOf({ case: 'b', points: 0.2 }),
      failed({ case: 'c', points: 5, final: false }),
      outcomeOf({ case: 'c', points: 5, attempt: 2 }),
      failed({ case: 'd', points: 10 }),
      skipped({ case: 'e', points: 1 }),
      outcomeOf({ case: 'f', points: null }),
    ];
    expect(summaryOf(outcomes, 6).points).toEqual({ earned: 5.3, possible: 16.3 });
  });

  it('is not ok when something was skipped, although nothing failed', () => {
    expect(summaryOf([outcomeOf(), skipped({ case: 'big' })], 2)).toMatchObject({
      ok: false,
      verdicts: { passed: 1, failed: 0, error: 0, skipped: 1 },
    });
  });

  it('counts last attempts of programs only, and names the flaky once', () => {
    const summary = summaryOf(
      [
        failed({ final: false }),
        outcomeOf({ attempt: 2 }),
        failed({ final: false, repeat: 2 }),
        outcomeOf({ attempt: 2, repeat: 2 }),
        outcomeOf({ role: 'build', job: 'sum' }),
        outcomeOf({ role: 'checker' }),
      ],
      2,
    );
    expect(summary).toMatchObject({ total: 2, ok: true, failedBuilds: 0, flaky: ['sum › sum › small'] });
    expect(summary.verdicts).toEqual({ passed: 2, failed: 0, error: 0, skipped: 0 });
  });
});
