import { describe, expect, it } from 'vitest';
import type { LiveRun, RunStore } from '../../../../src/store/index.js';
import { killOwner, makeStore, runDirectory, StepClock } from '../../store/support.js';
import { FakeIo, outcome } from '../support.js';
import { history, kept } from './support.js';

/** Six lines, half a second apart, one of them without an end. */
async function talk(live: LiveRun, clock: StepClock): Promise<void> {
  const lines = ['one\n', 'two\n', 'ERR\n', 'three\nfour\n', 'tail'];
  for (const line of lines) {
    await live.write(line === 'ERR\n' ? 'stderr' : 'stdout', Buffer.from(line));
    clock.advance(500);
  }
}

async function talkative(): Promise<RunStore> {
  const clock = new StepClock();
  const { store } = await makeStore({ clock, retention: {} });
  await kept(store, { name: 'web' }, { log: async (live) => await talk(live, clock) });
  return store;
}

const NOW = { nowMs: () => 0, date: () => new Date('2026-01-01T00:00:10.000Z') };

describe('flags that mean nothing', () => {
  it.each([
    [['--tail', 'x'], '--tail: "x" is not a whole number; use digits only, or all'],
    [['--tail', '-5'], '--tail: "-5" is not a whole number'],
    [
      ['--since', 'noon'],
      '--since: "noon" is no time; use a date such as 2026-01-31T12:00:00Z, seconds since 1970, or',
    ],
    [['--since', ''], '--since: "" is no time'],
    [['--until', '2026-13-45'], '--until: "2026-13-45" is no time'],
  ])('%j', async (flags, message) => {
    const { store } = await makeStore();
    const { code, err } = await history(['logs', ...flags, 'web'], { store });
    expect(code).toBe(2);
    expect(err.startsWith(message)).toBe(true);
  });

  it('a run that is not there is code 1', async () => {
    const store = await talkative();
    expect(await history(['logs', 'wbe'], { store })).toEqual({
      code: 1,
      out: '',
      err: 'hotcell logs: there is no run "wbe"; did you mean "web"?\n',
    });
  });
});

describe('hotcell logs', () => {
  it('writes each stream to where the program wrote it', async () => {
    const store = await talkative();
    expect(await history(['logs', 'web'], { store })).toEqual({
      code: 0,
      out: 'one\ntwo\nthree\nfour\ntail',
      err: 'ERR\n',
    });
  });

  it('keeps bytes that are no text', async () => {
    const { store } = await makeStore();
    const bytes = Buffer.from([0, 255, 254, 10, 128, 27]);
    await kept(store, { name: 'raw' }, { log: async (live) => await live.write('stdout', bytes) });
    const io = new FakeIo();
    await history(['logs', 'raw'], { store, io });
    expect(io.stdout.bytes).toEqual(bytes);
    const again = new FakeIo();
    await history(['logs', '--tail', '1', 'raw'], { store, io: again });
    expect(again.stdout.bytes).toEqual(Buffer.from([128, 27]));
  });

  it.each([
    ['0', '', ''],
    ['1', 'tail', ''],
    ['3', 'three\nfour\ntail', ''],
    ['4', 'three\nfour\ntail', 'ERR\n'],
    ['100', 'one\ntwo\nthree\nfour\ntail', 'ERR\n'],
    ['all', 'one\ntwo\nthree\nfour\ntail', 'ERR\n'],
  ])('--tail %s', async (tail, out, err) => {
    expect(await history(['logs', '--tail', tail, 'web'], { store: await talkative() })).toEqual({
      code: 0,
      out,
      err,
    });
  });

  it.each([
    [['--since', '2026-01-01T00:00:01Z'], 'three\nfour\ntail', 'ERR\n'],
    [['--since', '9s'], 'three\nfour\ntail', 'ERR\n'],
    [['--since', '1767225601'], 'three\nfour\ntail', 'ERR\n'],
    [['--until', '2026-01-01T00:00:01Z'], 'one\ntwo\n', ''],
    [
      ['--since', '2026-01-01T00:00:00.400Z', '--until', '2026-01-01T00:00:01.700Z'],
      'two\nthree\nfour\n',
      'ERR\n',
    ],
  ])('%j', async (flags, out, err) => {
    expect(await history(['logs', ...flags, 'web'], { store: await talkative(), clock: NOW })).toEqual({
      code: 0,
      out,
      err,
    });
  });

  it('-t begins each line with its time', async () => {
    const { out, err } = await history(['logs', '-t', 'web'], { store: await talkative() });
    expect(out.split('\n').map((line) => line.replace(/^2026-01-01T00:00:0\d\.\d{3}Z /, ''))).toEqual([
      'one',
      'two',
      'three',
      'four',
      'tail',
    ]);
    expect(err).toMatch(/^2026-01-01T00:00:01\.\d{3}Z ERR\n$/);
  });

  it('-f goes on until the run is over', async () => {
    const { store } = await makeStore();
    const live = await store.create({ kind: 'run', name: 'web' });
    await live.write('stdout', Buffer.from('early\n'));
    const io = new FakeIo();
    const following = history(['logs', '-f', '--tail', '1', 'web'], { store, io });
    await io.stdout.until('early\n');
    await live.write('stdout', Buffer.from('later\n'));
    await io.stdout.until('early\nlater\n');
    await live.write('stderr', Buffer.from('at last\n'));
    await live.finish({ exitCode: 0 });
    expect(await following).toEqual({ code: 0, out: 'early\nlater\n', err: 'at last\n' });
  });

  it('-f ends when the process of the run dies, with all that it wrote', async () => {
    const { store, home } = await makeStore();
    await using live = await store.create({ kind: 'run', name: 'web' });
    await live.write('stdout', Buffer.from('early\n'));
    const io = new FakeIo();
    const following = history(['logs', '-f', 'web'], { store, io });
    await io.stdout.until('early\n');
    await live.write('stdout', Buffer.from('later'));
    await killOwner(runDirectory(home, live.id));
    expect(await following).toEqual({ code: 0, out: 'early\nlater', err: '' });
  });

  it('of a test is how its cases ended', async () => {
    const { store } = await makeStore();
    const live = await store.create({ kind: 'test', name: 'night' });
    const cases = [
      { case: 'a', verdict: 'failed', final: false },
      { case: 'a\u001b[2J', verdict: 'passed', final: true },
    ] as const;
    for (const part of cases) await live.append(outcome({ suite: 's', job: 'j', ...part }));
    await live.flush();
    expect((await history(['logs', 'night'], { store })).out).toBe(
      'failed (to be tried again)  s › j › a\npassed  s › j › a\\u{1b}[2J\n',
    );
    expect(await history(['logs', '-f', 'night'], { store })).toMatchObject({
      code: 2,
      err: '--follow: a test cannot be followed; leave it out to see what has ended so far\n',
    });
    await live.finish({ exitCode: 1 });
    expect((await history(['logs', '-f', '-n', '1', 'night'], { store })).out).toMatch(/^passed/);
  });
});
