import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convertReport, createReporter, type Reporter } from '../../../src/report/index.js';
import type { Outcome } from '../../../src/spec/index.js';
import { failed, outcomeOf, play, read, skipped, tempDir } from './support.js';

const at = (second: number): Pick<Outcome, 'startedAt' | 'finishedAt'> => ({
  startedAt: `2026-01-02T03:04:${String(second).padStart(2, '0')}.000Z`,
  finishedAt: `2026-01-02T03:04:${String(second).padStart(2, '0')}.500Z`,
});

const one = (name: string, id: string, second = 5, over: Partial<Outcome> = {}): Outcome =>
  outcomeOf({ case: name, id, ...at(second), ...over });

type Run = Parameters<typeof play>[2];

async function written(name: string, outcomes: readonly Outcome[], run: Run = {}): Promise<string> {
  const file = join(tempDir(), name);
  await play(createReporter(name.endsWith('l') ? 'jsonl' : 'json', { file }), outcomes, run);
  return file;
}

async function merged(paths: readonly string[], options = {}) {
  const seen: Outcome[] = [];
  const starts: Parameters<NonNullable<Reporter['onStart']>>[0][] = [];
  const watcher: Reporter = {
    onStart: (given) => void starts.push(given),
    onOutcome: (outcome) => void seen.push(outcome),
  };
  const file = join(tempDir(), 'merged.json');
  const summary = await convertReport(paths, [watcher, createReporter('json', { file })], options);
  return { seen, start: starts[0], summary, text: read(file) };
}

const named = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map(({ case: name, role, id }) => `${role === 'build' ? 'build ' : ''}${name} ${id}`);

describe('reports of shards', () => {
  it('become one, with every case of each', async () => {
    const a = await written('a.json', [one('x', '1'), failed({ case: 'y', id: '2' })], {
      start: { id: 'run-a', workers: 2, startedAt: '2026-01-02T03:04:00.000Z' },
    });
    const b = await written('b.jsonl', [one('z', '3', 7, { worker: 1 })], {
      start: { id: 'run-b', workers: 3, suites: ['sum', 'other'], startedAt: '2026-01-02T03:04:03.000Z' },
    });
    const { seen, start, summary } = await merged([a, b]);
    expect(named(seen)).toEqual(['x 1', 'y 2', 'z 3']);
    expect(seen.map(({ worker }) => worker)).toEqual([0, 0, 3]);
    expect(start).toMatchObject({
      id: 'run-a+run-b',
      total: 3,
      workers: 5,
      suites: ['sum', 'other'],
      startedAt: '2026-01-02T03:04:00.000Z',
    });
    expect(summary).toMatchObject({ total: 3, ok: false, stopped: null, verdicts: { passed: 2, failed: 1 } });
    expect(summary.wallMs).toBe(6234);
  });

  it('can be read again as one report', async () => {
    const [a, b] = [await written('a.json', [one('x', '1')]), await written('b.json', [one('y', '2')])];
    const file = join(tempDir(), 'both.json');
    await convertReport([a, b], [createReporter('json', { file })]);
    const { seen, summary } = await merged([file]);
    expect(named(seen)).toEqual(['x 1', 'y 2']);
    expect(summary.ok).toBe(true);
  });

  it('are not ok when one was stopped, never got to its end, or lost an outcome', async () => {
    const good = await written('a.json', [one('x', '1')]);
    const stopped = await written('b.json', [one('y', '2')], { stopped: 'timeout' });
    expect((await merged([good, stopped])).summary).toMatchObject({ ok: false, stopped: 'timeout' });
    const lost = await written('c.json', [one('y', '2')], { start: { total: 2 } });
    expect((await merged([good, lost])).summary).toMatchObject({ ok: false, total: 2 });
  });

  it('have of a build that each had to make the one that failed', async () => {
    const build = (id: string, over: Partial<Outcome> = {}) =>
      one('b', id, 5, { role: 'build', case: null, ...over });
    const a = await written('a.json', [build('1', { verdict: 'failed' }), skipped({ case: 'x', id: '2' })]);
    const b = await written('b.json', [build('3'), one('y', '4')]);
    expect(named((await merged([a, b])).seen)).toEqual(['build null 1', 'x 2', 'y 4']);
    expect(named((await merged([b, a])).seen)).toEqual(['y 4', 'build null 1', 'x 2']);
    expect((await merged([a, b])).summary.failedBuilds).toBe(1);
  });
});

describe('a case that is in several reports', () => {
  const first = () =>
    written('a.json', [one('x', '1', 5), one('y', '2', 6, { verdict: 'failed', final: true })]);
  const again = () =>
    written('b.json', [
      one('y', '3', 20, { verdict: 'failed', final: false }),
      one('y', '4', 21, { attempt: 2 }),
    ]);

  it('is refused, and named', async () => {
    const [a, b] = [await first(), await again()];
    await expect(merged([a, b])).rejects.toMatchObject({
      code: 'invalid-spec',
      message: `"sum › sum › y" is in ${JSON.stringify(a)} and in ${JSON.stringify(b)}`,
      hint: expect.stringContaining('--latest'),
    });
  });

  it('is of the run that ended last when that is asked for, in whatever order they are named', async () => {
    const [a, b] = [await first(), await again()];
    for (const paths of [
      [a, b],
      [b, a],
    ]) {
      const { seen, summary } = await merged(paths, { latest: true });
      expect(named(seen).sort()).toEqual(['x 1', 'y 3', 'y 4']);
      expect(summary).toMatchObject({ total: 2, ok: true, flaky: ['sum › sum › y'] });
    }
  });

  it('is counted once when it is the very same run of it', async () => {
    const a = await first();
    const { seen, summary } = await merged([a, a]);
    expect(named(seen)).toEqual(['x 1', 'y 2']);
    expect(summary).toMatchObject({ total: 2, verdicts: { passed: 1, failed: 1 } });
  });

  it('is named with a few others only', async () => {
    const all = (run: string) =>
      written(
        `${run}.json`,
        Array.from({ length: 50 }, (_, index) => one(`c${index}`, `${run}${index}`)),
      );
    const failure: unknown = await merged([await all('a'), await all('b')]).catch((error: unknown) => error);
    expect((failure as Error).message.split('\n')).toHaveLength(6);
    expect((failure as Error).message).toMatch(/… and 45 more$/);
  });

  it('may be repeated within one of them', async () => {
    const a = await written('a.json', [one('x', '1'), one('x', '2', 6, { repeat: 2 })]);
    const b = await written('b.json', [one('y', '3')]);
    expect(named((await merged([a, b])).seen)).toEqual(['x 1', 'x 2', 'y 3']);
  });
});
