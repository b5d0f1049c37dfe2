import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { colors } from '../../../../src/cli/color.js';
import { chooseView, wantsLive } from '../../../../src/cli/view/choose.js';
import { LiveView } from '../../../../src/cli/view/live.js';
import { PlainView } from '../../../../src/cli/view/plain.js';
import { FakeIo, outcome } from '../support.js';

const context = (io: FakeIo) => ({
  io,
  clock: { nowMs: () => Date.now(), date: () => new Date() },
  colors: colors(false),
});

const failed = (name: string) =>
  outcome({ suite: 's', job: name, verdict: 'failed', failures: ['stdout: line 1 differs\nmore'] });

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('which view', () => {
  it.each([
    [true, {}, true],
    [true, { TERM: 'dumb' }, false],
    [true, { CI: 'true' }, false],
    [true, { CI: '1' }, false],
    [true, { CI: 'false' }, true],
    [true, { CI: '' }, true],
    [false, {}, false],
  ])('on a terminal: %s, with %j: live: %s', (stderrIsTty, env, live) => {
    expect(wantsLive({ stderrIsTty, env })).toBe(live);
  });

  it('is none with --quiet', async () => {
    const io = new FakeIo();
    const view = chooseView({ quiet: true, stderrIsTty: true, env: {} }, context(io));
    view.onEvent({ kind: 'finished', key: 'k', outcome: failed('a') });
    view.say('hello');
    await view.close();
    expect(io.stderr.text).toBe('');
  });
});

describe('the live view on a terminal', () => {
  const live = (): { io: FakeIo; view: LiveView } => {
    const io = new FakeIo();
    io.terminal.current = { rows: 10, cols: 40 };
    return { io, view: new LiveView(context(io)) };
  };

  it('draws at most eight times a second, whatever happens', async () => {
    const { io, view } = live();
    for (let ms = 0; ms < 1000; ms++) {
      view.onEvent({ kind: 'sample', key: 'x', sample: { atMs: 1, cpuMs: 1, memoryBytes: 1, pids: 1 } });
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(io.stderr.chunks).toHaveLength(8);
  });

  it('does not draw while the terminal has not taken the last frame', async () => {
    const { io, view } = live();
    let taken: () => void = () => undefined;
    const write = vi.spyOn(io.stderr, 'write').mockImplementation(
      () =>
        new Promise((resolve) => {
          taken = resolve;
        }),
    );
    await vi.advanceTimersByTimeAsync(5000);
    expect(write).toHaveBeenCalledTimes(1);
    taken();
    await vi.advanceTimersByTimeAsync(125);
    expect(write).toHaveBeenCalledTimes(2);
    expect(view).toBeDefined();
  });

  it('hides the cursor once, and gives it back with the screen cleared', async () => {
    const { io, view } = live();
    await vi.advanceTimersByTimeAsync(1000);
    await view.close();
    const { text } = io.stderr;
    expect(text.split('\u001b[?25l')).toHaveLength(2);
    expect(text.endsWith('\r\u001b[2A\u001b[J\u001b[?25h')).toBe(true);
    expect(io.terminal.log).toEqual([String.raw`at exit "\u001b[?25h"`, 'not at exit']);
  });

  it('keeps failures above, and no more than fifty of them', async () => {
    const { io, view } = live();
    for (let i = 0; i < 200; i++) {
      view.onEvent({ kind: 'finished', key: `${i}`, outcome: failed(`job${i}`) });
      view.onEvent({ kind: 'finished', key: `${i}`, outcome: outcome({ job: 'fine' }) });
    }
    await view.close();
    expect(io.stderr.text.match(/✗ s › job\d+/g)).toHaveLength(50);
    expect(io.stderr.text).toContain('✗ s › job0: stdout: line 1 differs, 5ms\u001b[K\n');
    expect(io.stderr.text).toContain('… the rest is only in the summary');
    expect(io.stderr.text).not.toContain('fine');
  });

  it('redraws in the new size, over lines that the terminal has broken', async () => {
    const { io, view } = live();
    await vi.advanceTimersByTimeAsync(125);
    io.terminal.resize({ rows: 10, cols: 13 });
    await vi.advanceTimersByTimeAsync(125);
    // 39 columns of progress take three rows of 13, and the counts one.
    expect(io.stderr.chunks[1]?.toString()).toContain('\r\u001b[4A');
    await view.close();
  });

  it('leaves the terminal at Ctrl-Z, and comes back with the process', async () => {
    const { io, view } = live();
    await vi.advanceTimersByTimeAsync(125);
    await io.terminal.suspend();
    expect(io.stderr.text.endsWith('\u001b[J\u001b[?25h')).toBe(true);
    const { length } = io.stderr.chunks;
    await vi.advanceTimersByTimeAsync(1000);
    expect(io.stderr.chunks).toHaveLength(length);
    io.terminal.resume();
    await vi.advanceTimersByTimeAsync(125);
    expect(io.stderr.chunks.at(-1)?.toString()).toContain('\u001b[?25l');
    await view.close();
  });

  it('goes on without the terminal when that is gone', async () => {
    const { io, view } = live();
    io.stderr.error = Object.assign(new Error('write EIO'), { code: 'EIO' });
    await vi.advanceTimersByTimeAsync(1000);
    await expect(view.close()).resolves.toBeUndefined();
    expect(io.terminal.log.at(-1)).toBe('not at exit');
  });
});

describe('plain lines', () => {
  it('are one for each outcome that counts, with why', async () => {
    const io = new FakeIo();
    const view = new PlainView(context(io));
    view.onEvent({ kind: 'start', start: { total: 3 } });
    view.onEvent({ kind: 'finished', key: '1', outcome: outcome({ suite: 's', case: 'a\u001b[2J' }) });
    view.onEvent({ kind: 'finished', key: '2', outcome: { ...failed('b'), final: false } });
    view.onEvent({ kind: 'finished', key: '2', outcome: { ...failed('b'), attempt: 2 } });
    view.onEvent({
      kind: 'finished',
      key: '3',
      outcome: outcome({ role: 'build', job: 'c', verdict: 'failed', failures: ['exit code 1'] }),
    });
    view.say('stopped');
    await view.close();
    expect(io.stderr.text).toBe(
      [
        '✓ s › prog › a\\u{1b}[2J: 5ms',
        '✗ s › b: attempt 2, stdout: line 1 differs, 5ms',
        '✗ build of c: exit code 1, 5ms',
        'stopped',
        '',
      ].join('\n'),
    );
  });

  it('are two for each build, of which a run may have but a few that take long', async () => {
    const { limits } = outcome();
    const started = {
      kind: 'started',
      role: 'build',
      key: 'b',
      title: 's › c\u001b[2J',
      worker: 0,
      limits,
    } as const;
    const ended = { kind: 'finished', key: 'b', outcome: outcome({ role: 'build', job: 'c' }) } as const;
    const said = async (total: number): Promise<string> => {
      const io = new FakeIo();
      const view = new PlainView(context(io));
      view.onEvent({ kind: 'start', start: { total } });
      view.onEvent(started);
      view.onEvent(ended);
      await view.close();
      return io.stderr.text;
    };
    expect(await said(3)).toBe('… build of s › c\\u{1b}[2J\n✓ build of c: 5ms\n');
    expect(await said(10_000)).toBe('');
  });

  it('of a large run name only what did not pass, and how far it is each ten seconds', async () => {
    const io = new FakeIo();
    const view = new PlainView(context(io));
    view.onEvent({ kind: 'start', start: { total: 10_000 } });
    await vi.advanceTimersByTimeAsync(5000);
    for (let i = 0; i < 1000; i++) view.onEvent({ kind: 'finished', key: `${i}`, outcome: outcome() });
    view.onEvent({ kind: 'finished', key: 'x', outcome: failed('b') });
    await vi.advanceTimersByTimeAsync(5000);
    await view.close();
    expect(io.stderr.text).toBe(
      '✗ s › b: stdout: line 1 differs, 5ms\n  1001/10000 done, 1 of them not passed, 10s, 1m29s left\n',
    );
  });

  it('do not fill the memory when their reader stands still', async () => {
    const io = new FakeIo();
    const written: string[] = [];
    vi.spyOn(io.stderr, 'write').mockImplementation(async (text) => {
      written.push(String(text));
      return await new Promise<void>(() => undefined);
    });
    const view = new PlainView(context(io));
    for (let i = 0; i < 100_000; i++) view.say('x'.repeat(100));
    expect(written.join('').length).toBeLessThan(2_000_000);
  });
});
