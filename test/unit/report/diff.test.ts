import { join } from 'node:path';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { createReporter, diffReports, diffText, type ReportDiff } from '../../../src/report/index.js';
import type { Outcome } from '../../../src/spec/index.js';
import { failed, HOSTILE, host, outcomeOf, play, skipped, tempDir } from './support.js';

type Run = Parameters<typeof play>[2];

async function diff(
  before: readonly Outcome[],
  after: readonly Outcome[],
  runs: { before?: Run; after?: Run } = {},
): Promise<ReportDiff> {
  const directory = tempDir();
  const [a, b] = [join(directory, 'a.json'), join(directory, 'b.jsonl')];
  await play(createReporter('json', { file: a }), before, runs.before);
  await play(createReporter('jsonl', { file: b }), after, runs.after);
  return diffReports(a, b);
}

/** Park and Miller's generator: the same figures in every run of the tests. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

interface Measured {
  readonly cases: number;
  readonly repeats: number;
  readonly seed: number;
  /** What is multiplied to the time of a case. */
  readonly factor?: (index: number) => number;
}

/** Around 100 ms for each, 10 % more or less. */
function measured({ cases, repeats, seed, factor = () => 1 }: Measured): Outcome[] {
  const random = randomFrom(seed);
  return Array.from({ length: cases * repeats }, (_, index) => {
    const number = index % cases;
    const wallMs = 100 * (0.9 + 0.2 * random()) * factor(number);
    const metrics = { ...outcomeOf().metrics, wallMs, cpuMs: wallMs / 2 };
    return outcomeOf({ case: `c${number}`, repeat: 1 + Math.floor(index / cases), metrics });
  });
}

const titles = (changes: readonly { readonly title: string }[]): string[] =>
  changes.map(({ title }) => title);

describe('a comparison of two reports', () => {
  it('names what fails now, what is fixed, not run any more, new and gone', async () => {
    const result = await diff(
      [
        outcomeOf({ case: 'breaks' }),
        failed({ case: 'fixed' }),
        failed({ case: 'bad' }),
        outcomeOf({ case: 'not-run' }),
        outcomeOf({ case: 'gone' }),
        outcomeOf({ case: 'same' }),
        outcomeOf({ role: 'build', case: null, job: 'main' }),
      ],
      [
        failed({ case: 'breaks', failures: ['boom'] }),
        outcomeOf({ case: 'fixed' }),
        outcomeOf({ case: 'bad', verdict: 'error', status: 'internal-error' }),
        skipped({ case: 'not-run' }),
        outcomeOf({ case: 'new' }),
        failed({ case: 'new-bad' }),
        outcomeOf({ case: 'same' }),
        failed({ role: 'build', case: null, job: 'main' }),
      ],
    );
    expect(titles(result.newFailures)).toEqual([
      'sum › sum › breaks',
      'build sum › main',
      'sum › sum › new-bad',
    ]);
    expect(result.newFailures[0]).toMatchObject({ before: 'passed', after: 'failed', reason: 'boom' });
    expect(titles(result.fixed)).toEqual(['sum › sum › fixed']);
    expect(titles(result.stillFailing)).toEqual(['sum › sum › bad']);
    expect(titles(result.noLongerRun)).toEqual(['sum › sum › not-run']);
    expect(result.added).toEqual(['sum › sum › new', 'sum › sum › new-bad']);
    expect(result.removed).toEqual(['sum › sum › gone']);
    expect(result.ok).toBe(false);
    expect((await diff([failed()], [outcomeOf()])).ok).toBe(true);
  });

  it('names what became flaky, by another attempt or between repetitions', async () => {
    const result = await diff(
      [outcomeOf({ case: 'a' }), outcomeOf({ case: 'b' }), outcomeOf({ case: 'c', attempt: 2 })],
      [
        outcomeOf({ case: 'a', attempt: 2 }),
        outcomeOf({ case: 'b' }),
        failed({ case: 'b', repeat: 2 }),
        outcomeOf({ case: 'c', attempt: 3 }),
      ],
    );
    expect(result.newlyFlaky).toEqual(['sum › sum › a', 'sum › sum › b']);
    expect(titles(result.newFailures)).toEqual(['sum › sum › b']);
  });

  it('sees no change where only noise is', async () => {
    for (const repeats of [1, 10, 30]) {
      const of = { cases: 100, repeats };
      const result = await diff(measured({ ...of, seed: 1 }), measured({ ...of, seed: 2 }));
      expect([result.more, result.less]).toEqual([[], []]);
    }
  });

  it('sees what became slower or faster beyond noise, given repetitions', async () => {
    const of = { cases: 100, repeats: 15 };
    const factor = (index: number): number => (index === 7 ? 1.15 : index === 8 ? 0.5 : 1);
    const { more, less, overall } = await diff(
      measured({ ...of, seed: 1 }),
      measured({ ...of, seed: 2, factor }),
    );
    expect(more.map(({ title, figure }) => [title, figure])).toEqual([
      ['sum › sum › c7', 'wallMs'],
      ['sum › sum › c7', 'cpuMs'],
    ]);
    expect(new Set(titles(less))).toEqual(new Set(['sum › sum › c8']));
    expect(more[0]?.ratio).toBeCloseTo(1.15, 1);
    expect(more[0]?.p).toBeLessThan(0.001);
    expect(overall.map(({ cases }) => cases)).toEqual([100, 100, 100]);
    expect(overall[0]?.ratio).toBeCloseTo(1, 1);
  });

  it('asks for more without repetitions, and says how much', async () => {
    const of = { cases: 50, repeats: 1 };
    const factor = (index: number): number => (index === 7 ? 1.15 : index === 9 ? 4 : 1);
    const { more } = await diff(measured({ ...of, seed: 1 }), measured({ ...of, seed: 2, factor }));
    expect(new Set(titles(more))).toEqual(new Set(['sum › sum › c9']));
    expect(more[0]).toMatchObject({
      p: null,
      runs: [1, 1],
      reason: expect.stringMatching(/^few runs: more than \d+%/),
    });
    const few = { cases: 2, repeats: 1 };
    const twice = { ...few, seed: 2, factor: () => 2 };
    const result = await diff(measured({ ...few, seed: 1 }), measured(twice));
    expect(result.more[0]?.reason).toBe('few runs: more than 50%');
  });

  it('says what would have been listed, also when nothing is', async () => {
    const few = await diff([outcomeOf()], [outcomeOf()]);
    expect([few.more, few.less]).toEqual([[], []]);
    const [wall, , memory] = few.overall;
    expect(wall?.thresholds).toEqual(['few runs: more than 50%, and at least 5ms']);
    expect(memory?.thresholds).toEqual(['few runs: more than 50%, and at least 1MiB']);
    expect(diffText(few)).toContain('* listed: wall time, few runs: more than 50%, and at least 5ms\n');
    const runs = { cases: 3, repeats: 6 };
    const several = await diff(measured({ ...runs, seed: 1 }), measured({ ...runs, seed: 1 }));
    expect(several.overall[0]?.thresholds).toEqual([
      'several runs: significant by the Mann-Whitney test, at most 1% by chance, and at least 5% and 200us',
    ]);
    const nothing = await diff([failed()], [failed()]);
    expect(nothing.overall.flatMap(({ thresholds }) => thresholds)).toEqual([]);
  });

  it('does not compare how long something took to fail', async () => {
    const slow = { ...outcomeOf().metrics, wallMs: 5000 };
    const { more, less } = await diff([outcomeOf()], [failed({ metrics: slow })]);
    expect([more, less]).toEqual([[], []]);
  });

  it('warns when the two are hard to compare', async () => {
    const start = { host: { ...host, cpuModel: 'Other CPU', load: 9 }, workers: 8 };
    const { warnings } = await diff([outcomeOf()], [outcomeOf()], { after: { start, stopped: 'timeout' } });
    expect(warnings).toEqual([
      'the hosts differ: cpuModel Example CPU and Other CPU',
      'the runs had 2 and 8 workers',
      'the second run was stopped: timeout',
      'the second run was disturbed: load 9 before the run',
    ]);
  });
});

describe('its text', () => {
  it.each(Object.entries(HOSTILE))('is harmless and fits with %s everywhere', async (_, text) => {
    const all = { suite: text, job: text, failures: [text], message: text };
    const result = await diff(
      [outcomeOf(all), failed({ ...all, case: 'b' })],
      [failed(all), outcomeOf({ ...all, case: 'b', attempt: 2 }), outcomeOf({ ...all, case: 'c' })],
    );
    for (const columns of [80, 120]) {
      const shown = diffText({ ...result, warnings: [text] }, { columns });
      expect(shown).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      for (const line of shown.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  it('says what is worse, and is bounded', async () => {
    const cases = Array.from({ length: 50 }, (_, index) => `c${index}`);
    const result = await diff(
      cases.map((name) => outcomeOf({ case: name })),
      cases.map((name) => failed({ case: name })),
    );
    const text = diffText(result);
    expect(text).toContain('New failures (50)');
    expect(text).toContain('passed → failed: expected exit code 0');
    expect(text).toContain('… 30 more');
    expect(text).toContain('WORSE\n  50 new failures, 0 fixed, 0 still failing\n  0 slower or larger');
  });
});
