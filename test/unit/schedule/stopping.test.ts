import { describe, expect, it } from 'vitest';
import { Scheduler } from '../../../src/schedule/index.js';
import { fates, type SimTask, Simulation, settle, simTask } from './simulation.js';

const eight = (rest = {}) => Array.from({ length: 8 }, (_, id) => simTask(id, rest));

describe('bail', () => {
  it('starts nothing more after so many failures, and lets what runs finish', async () => {
    const sim = new Simulation();
    const tasks = eight().map((task) => ({
      ...task,
      outcome: task.id === 1 ? ('fail' as const) : task.outcome,
    }));
    const settled = await sim.run(
      tasks.map((task) => (task.id === 1 ? { ...task, durationMs: 5 } : task)),
      { bail: 1 },
    );
    expect(fates(settled)).toEqual({
      0: 'passed',
      1: 'failed',
      2: 'passed',
      3: 'passed',
      4: 'bail',
      5: 'bail',
      6: 'bail',
      7: 'bail',
    });
    expect(sim.scheduler.stats).toMatchObject({ stopped: 'bail', queued: 0, done: 8 });
  });

  it('counts faults of ours as well, and not what was skipped', async () => {
    const sim = new Simulation({ budget: { cpus: 1, memoryBytes: 2 ** 30, tasks: 1 } });
    const settled = await sim.run(
      [
        simTask(1, { outcome: 'throw' }),
        simTask(2, { needs: [1] }),
        simTask(3),
        simTask(4, { outcome: 'fail' }),
        simTask(5),
      ],
      { bail: 2 },
    );
    expect(fates(settled)).toEqual({ 1: 'error', 2: 'needs 1', 3: 'passed', 4: 'failed', 5: 'bail' });
  });
});

describe('cancelling', () => {
  it('starts nothing more and lets what runs finish', async () => {
    const stop = new AbortController();
    const sim = new Simulation();
    void sim.at(5).then(() => stop.abort());
    const running = sim.run(eight(), { signal: stop.signal });
    expect(Object.values(fates(await running))).toEqual([
      ...Array<string>(4).fill('passed'),
      ...Array<string>(4).fill('cancelled'),
    ]);
    expect(sim.scheduler.stats.stopped).toBe('cancelled');
  });

  it('ends what runs when it is to be killed', async () => {
    const kill = new AbortController();
    const sim = new Simulation();
    void sim.at(5).then(() => kill.abort());
    const running = sim.run(eight({ durationMs: 1e9 }), { kill: kill.signal });
    const settled = Object.values(fates(await running));
    expect(settled).toEqual([...Array<string>(4).fill('ended'), ...Array<string>(4).fill('cancelled')]);
    expect(sim.nowMs).toBe(5);
  });

  it('starts nothing at all when it was cancelled before', async () => {
    const sim = new Simulation();
    const settled = await sim.run(eight(), { signal: AbortSignal.abort() });
    expect(Object.values(fates(settled))).toEqual(Array(8).fill('cancelled'));
    expect(sim.started).toEqual([]);
  });

  it('also skips what waits for others', async () => {
    const sim = new Simulation();
    const settled = await sim.run([simTask(1), simTask(2, { needs: [1] }), simTask(3, { needs: [2] })], {
      signal: AbortSignal.abort(),
    });
    expect(fates(settled)).toEqual({ 1: 'cancelled', 2: 'needs 1', 3: 'needs 2' });
  });
});

describe('the time for everything', () => {
  it('ends what runs and skips the rest', async () => {
    const sim = new Simulation();
    const settled = await sim.run(eight({ durationMs: 60 }), { timeoutMs: 90 });
    expect(Object.values(fates(settled))).toEqual([
      ...Array<string>(4).fill('passed'),
      ...Array<string>(4).fill('ended'),
    ]);
    expect(sim.nowMs).toBe(90);
    expect(sim.scheduler.stats.stopped).toBe('timeout');
  });

  it('leaves no timer behind when it was not needed', async () => {
    const sim = new Simulation();
    await sim.run(eight(), { timeoutMs: 1e6 });
    expect(sim.nowMs).toBe(20);
    expect(sim.pendingAlarms).toBe(0);
  });
});

describe('who reads', () => {
  it('holds back the start of further tasks', async () => {
    const sim = new Simulation({ budget: { cpus: 2, memoryBytes: 2 ** 30, tasks: 2 } });
    const reader = sim.scheduler.run(Array.from({ length: 100 }, (_, id) => simTask(id, { durationMs: 0 })));
    const first = await Promise.race([reader.next(), settle()]);
    expect(first).toBeUndefined();
    expect(sim.started).toHaveLength(2);
  });

  it('ends what runs by leaving, and waits for it', async () => {
    const ended: number[] = [];
    const scheduler = new Scheduler<SimTask, boolean>({
      budget: { cpus: 4, memoryBytes: 2 ** 30, tasks: 8 },
      passed: (result) => result,
      dispatcher: {
        dispatch: ({ id }, signal) =>
          new Promise((resolve) => {
            if (id === 1) resolve(true);
            signal.addEventListener('abort', () => {
              ended.push(id);
              resolve(false);
            });
          }),
      },
    });
    for await (const settled of scheduler.run([simTask(1), simTask(2), simTask(3)])) {
      expect(settled.task.id).toBe(1);
      break;
    }
    expect(ended).toEqual(expect.arrayContaining([2, 3]));
    expect(scheduler.stats).toMatchObject({ running: 0, cpusInUse: 0 });
  });
});
