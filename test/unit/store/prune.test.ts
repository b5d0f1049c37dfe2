import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { overdue } from '../../../src/store/prune.js';
import { makeStore, runDirectory, StepClock } from './support.js';

const run = (id: string, ageMs: number, bytes: number) => ({ id, ageMs, bytes });
const RUNS = [run('new', 1, 10), run('middle', 10, 10), run('old', 100, 10)];

describe('what has to go', () => {
  it.each([
    [{}, []],
    [{ maxAgeMs: 50 }, ['old']],
    [{ maxAgeMs: 0 }, ['new', 'middle', 'old']],
    [{ maxBytes: 20 }, ['old']],
    [{ maxBytes: 5 }, ['middle', 'old']],
    [{ keep: 1 }, ['middle', 'old']],
    [{ keep: 0 }, ['new', 'middle', 'old']],
    [{ keep: 2, maxAgeMs: 5 }, ['middle', 'old']],
  ])('by %j', (limits, expected) => {
    expect(overdue(RUNS, limits)).toEqual(expected);
  });
});

describe('pruning', () => {
  it('happens at the end of each run, and leaves what runs', async () => {
    const { store } = await makeStore({ clock: new StepClock(), retention: { keep: 2 } });
    await using running = await store.create({ kind: 'run', name: 'oldest' });
    for (const name of ['a', 'b', 'c'])
      await (await store.create({ kind: 'run', name })).finish({ exitCode: 0 });
    expect((await store.list()).map(({ record }) => record.name)).toEqual(['c', 'b', 'oldest']);
    expect((await store.get(running.id)).state).toBe('running');
  });

  it('frees the names of what is gone', async () => {
    const { store, home } = await makeStore({ clock: new StepClock(), retention: { keep: 1 } });
    for (const name of ['a', 'b', 'c'])
      await (await store.create({ kind: 'run', name })).finish({ exitCode: 0 });
    expect(readdirSync(join(home, 'names')).map((name) => name.slice(0, 2))).toEqual(['c@']);
  });

  it('counts all files of a run', async () => {
    const { store, home } = await makeStore({ clock: new StepClock(), retention: {} });
    for (const name of ['a', 'b']) {
      const live = await store.create({ kind: 'run', name });
      await live.finish({ exitCode: 0 });
      writeFileSync(join(runDirectory(home, live.id), 'stdout'), Buffer.alloc(100_000));
    }
    expect(await store.prune({ maxBytes: 300_000 })).toEqual([]);
    expect(await store.prune({ maxBytes: 150_000 })).toHaveLength(1);
    expect((await store.list()).map(({ record }) => record.name)).toEqual(['b']);
  });

  it('removes what a crash left half made or half removed, but not what is just being made', async () => {
    const { store, home } = await makeStore();
    const [old, young] = [
      join(home, 'runs', `.old-${'1'.repeat(26)}-x`),
      join(home, 'runs', `.new-${'2'.repeat(26)}`),
    ];
    for (const path of [old, young]) {
      mkdirSync(path);
      writeFileSync(join(path, 'stdout'), 'x');
    }
    utimesSync(old, 0, 0);
    await store.prune();
    expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
  });
});
