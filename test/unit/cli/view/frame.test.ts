import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { colors } from '../../../../src/cli/color.js';
import { renderFrame } from '../../../../src/cli/view/frame.js';
import { ViewState } from '../../../../src/cli/view/state.js';
import { outcome } from '../support.js';

const { limits } = outcome();
const plain = colors(false);

function started(state: ViewState, key: string, { title = key, nowMs = 0 } = {}): void {
  state.apply({ kind: 'started', role: 'program', key, title, worker: 0, limits }, nowMs);
}

function withRuns(count: number, title = 'suite › 日本語のテスト › case'): ViewState {
  const state = new ViewState(0);
  state.apply({ kind: 'start', start: { total: count * 2 } }, 0);
  for (let i = 0; i < count; i++) started(state, `k${i}`, { title: `${title} ${i}` });
  return state;
}

const frame = (state: ViewState, { columns = 80, rows = 24, nowMs = 1500 } = {}): string[] =>
  renderFrame(state, { columns, rows }, { nowMs, colors: plain });

describe('the live view', () => {
  it('shows time, CPU and memory of each run against its limits', () => {
    const state = withRuns(1, 'sum');
    state.apply(
      { kind: 'sample', key: 'k0', sample: { atMs: 1, cpuMs: 1000, memoryBytes: 67_108_864, pids: 1 } },
      1000,
    );
    expect(frame(state).slice(1)).toEqual([
      '0/2  1.5s  1 running',
      'sum 0                            1.5s  cpu ███▌   ▏   1.0s  mem █▊     ▏  64MiB',
    ]);
  });

  it('says that what was not measured is not known', () => {
    expect(frame(withRuns(1, 'sum')).at(-1)).toMatch(/cpu ·{7}▏ {6}– {2}mem ·{7}▏ {6}–$/);
  });

  it.each([1, 2, 5, 10, 20, 40, 69, 70, 80, 120, 300])('is never wider than %d columns', (columns) => {
    for (const painted of [true, false]) {
      const lines = renderFrame(withRuns(5), { columns, rows: 50 }, { nowMs: 1, colors: colors(painted) });
      expect(lines.filter((line) => stringWidth(line) >= Math.max(columns, 1))).toEqual([]);
    }
  });

  it.each([1, 2, 3, 4, 5, 10, 24, 200])('is never taller than a terminal of %d rows', (rows) => {
    expect(frame(withRuns(10_000), { rows }).length).toBeLessThan(Math.max(rows, 1));
  });

  it('shows a window of ten thousand runs, the longest first, and how many more there are', () => {
    const lines = frame(withRuns(10_000, 'case'));
    expect(lines[2]).toMatch(/^case 0 /);
    expect([lines.length, lines.at(-1)]).toEqual([23, '… and 9980 more']);
  });

  it('shows an attempt anew', () => {
    const state = withRuns(2, 'case');
    started(state, 'k0', { title: 'case 0', nowMs: 1000 });
    expect(
      frame(state)
        .slice(2)
        .map((line) => line.slice(0, 40).replace(/ +/g, ' ')),
    ).toEqual([expect.stringMatching(/^case 1 1\.5s/), expect.stringMatching(/^case 0 500ms/)]);
  });

  it('counts final outcomes of programs only, failures first', () => {
    const state = withRuns(6);
    const done: readonly Parameters<typeof outcome>[0][] = [
      { verdict: 'passed' },
      { verdict: 'failed' },
      { verdict: 'error' },
      { verdict: 'skipped' },
      { verdict: 'passed', role: 'build' },
    ];
    started(state, 'k1', { nowMs: 500 });
    done.forEach((patch, i) => {
      state.apply({ kind: 'finished', key: `k${i}`, outcome: outcome(patch) }, 1000);
    });
    expect(frame(state, { columns: 100, nowMs: 2000 })[1]).toBe(
      '4/12  1 failed  1 error  1 passed  1 skipped  2.0s  4.0s left  1 retried  1 running',
    );
  });

  it('is not full before all is done', () => {
    const state = new ViewState(0);
    state.apply({ kind: 'start', start: { total: 1000 } }, 0);
    for (let i = 0; i < 999; i++) state.apply({ kind: 'finished', key: '', outcome: outcome() }, 1);
    expect(frame(state)[0]).toMatch(/ 99%$/);
    state.apply({ kind: 'finished', key: '', outcome: outcome() }, 1);
    expect(frame(state)[0]).toMatch(/█ 100%$/);
  });
});

describe('the time left', () => {
  function finish(state: ViewState, count: number, nowMs: number): void {
    for (let i = 0; i < count; i++) state.apply({ kind: 'finished', key: '', outcome: outcome() }, nowMs);
  }

  it('is not known before anything has ended', () => {
    expect(withRuns(3).etaMs(5000)).toBeNull();
  });

  it('follows the pace of late, not that of the beginning', () => {
    const state = new ViewState(0);
    state.apply({ kind: 'start', start: { total: 10_000 } }, 0);
    finish(state, 5000, 1000);
    for (let s = 2; s <= 101; s++) finish(state, 1, s * 1000);
    expect(state.etaMs(101_000)).toBeGreaterThan(4_000_000);
    expect(state.etaMs(101_000)).toBeLessThan(6_000_000);
  });
});
