import { describe, expect, it } from 'vitest';
import { METRIC_NAMES, type Outcome, outcomeSchema, STATUSES } from '../../../src/spec/index.js';
import { exampleOutcome } from './example-outcome.js';

const accepts = (change: Record<string, unknown>): boolean =>
  outcomeSchema.safeParse({ ...exampleOutcome, ...change }).success;

describe('outcomeSchema', () => {
  it('takes the example of the documentation and changes nothing', () => {
    const parsed: Outcome = outcomeSchema.parse(JSON.parse(JSON.stringify(exampleOutcome)));
    expect(parsed).toEqual(exampleOutcome);
  });

  it('has eleven statuses', () => {
    expect(STATUSES).toHaveLength(11);
    expect(new Set(STATUSES).size).toBe(11);
    for (const status of STATUSES) expect(accepts({ status })).toBe(true);
  });

  it('names every metric once, and lets each be null', () => {
    const unknown = Object.fromEntries(METRIC_NAMES.map((name) => [name, null]));
    const sources = Object.fromEntries(METRIC_NAMES.map((name) => [name, 'unavailable: not started']));
    expect(accepts({ metrics: { ...unknown, sources } })).toBe(true);
  });

  it.each([
    [{ status: 'fine' }],
    [{ verdict: 'ok' }],
    [{ killedBy: 'oom' }],
    [{ exitCode: 256 }],
    [{ exitCode: -1 }],
    [{ exitCode: undefined }],
    [{ signal: 'KILL' }],
    [{ attempt: 0 }],
    [{ id: '' }],
    [{ extra: 1 }],
    [{ startedAt: 'yesterday' }],
    [{ stdout: { bytes: 0, truncated: false } }],
    [{ stdout: { text: '', base64: '', bytes: 0, truncated: false } }],
    [{ stdout: { base64: '?', bytes: 1, truncated: false } }],
    [{ metrics: { ...exampleOutcome.metrics, cpuMs: -1 } }],
    [{ metrics: { ...exampleOutcome.metrics, cpuMs: Number.NaN } }],
    [{ metrics: { ...exampleOutcome.metrics, cpuMs: undefined } }],
    [{ metrics: { ...exampleOutcome.metrics, sources: { cpu: 'x' } } }],
    [{ isolation: { level: 'full', tier: 'T5', degraded: [] } }],
    [{ outputs: [{ path: 'a' }] }],
  ])('refuses %o', (change) => {
    expect(accepts(change)).toBe(false);
  });

  it('takes output that is not text, and an output that could not be copied', () => {
    const failed = { path: 'x', bytes: null, sha256: null, mode: null, error: 'is a FIFO' };
    expect(accepts({ stdout: { base64: 'AP8=', bytes: 2, truncated: true }, outputs: [failed] })).toBe(true);
  });

  it('takes every real-time signal', () => {
    for (const signal of ['SIGKILL', 'SIGRTMIN', 'SIGRTMIN+5', 'SIGRTMAX-1']) {
      expect(accepts({ signal, exitCode: null })).toBe(true);
    }
  });
});
