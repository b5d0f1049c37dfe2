import { describe, expect, it } from 'vitest';
import { BUDGET, fates, type SimTask, Simulation, simTask } from './simulation.js';

const MIB = 2 ** 20;
const ids = (tasks: readonly SimTask[]): number[] => tasks.map(({ id }) => id);
const startedIds = (sim: Simulation): number[] => sim.started.map(({ task }) => task.id);

describe('bad input', () => {
  it('refuses a budget that nothing fits in', () => {
    for (const budget of [
      { ...BUDGET, cpus: 0 },
      { ...BUDGET, memoryBytes: -1 },
      { ...BUDGET, tasks: 0 },
      { ...BUDGET, tasks: 1.5 },
      { ...BUDGET, cpus: Number.NaN },
    ]) {
      expect(() => new Simulation({ budget })).toThrow(/budget/);
    }
  });

  it('refuses a task that can never fit, and says why', () => {
    const { scheduler } = new Simulation();
    const title = 'sum › big';
    expect(() => scheduler.add(simTask(1, { cpus: 5, title }))).toThrow(
      '"sum › big" can never run: it needs 5 CPUs, and all jobs together may use 4',
    );
    expect(() => scheduler.add(simTask(1, { memoryBytes: 1025 * MIB }))).toThrow(
      /needs .* of memory, and all jobs together may use 1/,
    );
    expect(() => scheduler.add(simTask(1, { cpus: Number.NaN }))).toThrow(/not amounts/);
  });

  it('refuses a second task of one id', () => {
    const { scheduler } = new Simulation();
    scheduler.add(simTask(1));
    expect(() => scheduler.add(simTask(1))).toThrow('there is a task 1 already');
  });

  it('refuses more than the queue holds', () => {
    const { scheduler } = new Simulation({ maxQueued: 2 });
    scheduler.add(simTask(1));
    scheduler.add(simTask(2));
    expect(() => scheduler.add(simTask(3))).toThrow('2 tasks are waiting already');
  });

  it('runs once', async () => {
    const sim = new Simulation();
    await sim.run([]);
    await expect(sim.run([])).rejects.toThrow('a scheduler runs once');
  });

  it('ends what runs, and throws, when the source gives a task that can never fit', async () => {
    const sim = new Simulation();
    async function* source() {
      yield simTask(1, { durationMs: 1e9 });
      await sim.at(5);
      yield simTask(2, { cpus: 99 });
    }
    await expect(sim.run(source())).rejects.toThrow(/can never run/);
    expect(sim.running).toEqual([]);
    expect(sim.nowMs).toBe(5);
  });

  it('throws what the source throws', async () => {
    async function* source() {
      yield simTask(1);
      throw new Error('no more');
    }
    await expect(new Simulation().run(source())).rejects.toThrow('no more');
  });
});

describe('the budget', () => {
  it('is not exceeded in CPUs, memory or tasks', async () => {
    const cpus = new Simulation();
    await cpus.run([1, 2, 3, 4, 5].map((id) => simTask(id, { cpus: 1.5 })));
    expect(Math.max(...cpus.started.map(({ beside }) => beside.length))).toBe(2);
    const memory = new Simulation();
    await memory.run([1, 2, 3, 4, 5].map((id) => simTask(id, { cpus: 0.1, memoryBytes: 400 * MIB })));
    expect(Math.max(...memory.started.map(({ beside }) => beside.length))).toBe(2);
    const tasks = new Simulation();
    await tasks.run(Array.from({ length: 30 }, (_, id) => simTask(id, { cpus: 0, memoryBytes: 0 })));
    expect(Math.max(...tasks.started.map(({ beside }) => beside.length))).toBe(8);
  });

  it('counts a task as many times as it weighs, and lets any be the only one', async () => {
    const pairs = Array.from({ length: 9 }, (_, id) => simTask(id, { cpus: 0, weight: 2 }));
    const sim = new Simulation();
    await sim.run(pairs);
    expect(Math.max(...sim.started.map(({ beside }) => beside.length))).toBe(4);
    const single = new Simulation({ budget: { ...BUDGET, tasks: 1 } });
    await single.run(pairs);
    expect(single.settled).toHaveLength(9);
  });

  it('is used up to the last fraction', async () => {
    const sim = new Simulation({ budget: { ...BUDGET, cpus: 1, tasks: 64 } });
    await sim.run(Array.from({ length: 40 }, (_, id) => simTask(id, { cpus: 0.1 })));
    expect(sim.nowMs).toBe(40);
    expect(sim.scheduler.stats).toMatchObject({
      queued: 0,
      running: 0,
      done: 40,
      cpusInUse: 0,
      memoryInUse: 0,
    });
  });

  it('lets small tasks start while a big one finds no room', async () => {
    const sim = new Simulation();
    await sim.run([simTask(1, { cpus: 2 }), simTask(2, { cpus: 4 }), simTask(3, { cpus: 2 })]);
    expect(startedIds(sim)).toEqual([1, 3, 2]);
  });

  it('does not starve a big task behind small ones that keep coming', async () => {
    const sim = new Simulation({ reserveAfterMs: 100 });
    const small = Array.from({ length: 400 }, (_, index) =>
      simTask(index + 10, { durationMs: 7 + (index % 5) }),
    );
    await sim.run([...small.slice(0, 4), simTask(1, { cpus: 4, priority: 0 }), ...small.slice(4)]);
    const big = sim.started.find(({ task }) => task.id === 1);
    expect(big?.atMs).toBeGreaterThanOrEqual(100);
    expect(big?.atMs).toBeLessThanOrEqual(100 + 2 * 11);
  });

  it('lets what fits beside the big one start while room is kept for it', async () => {
    const sim = new Simulation({ reserveAfterMs: 0 });
    await sim.run([
      simTask(1, { cpus: 2, durationMs: 1000 }),
      simTask(2, { cpus: 1, durationMs: 10 }),
      simTask(3, { cpus: 3 }),
      simTask(4, { cpus: 1, durationMs: 2000 }),
      simTask(5, { cpus: 1, durationMs: 2000 }),
    ]);
    const at = new Map(sim.started.map(({ task, atMs }) => [task.id, atMs]));
    expect([at.get(4), at.get(3), at.get(5)]).toEqual([0, 1000, 1010]);
  });
});

describe('order', () => {
  const one = { budget: { ...BUDGET, tasks: 1 } };

  it('is first come, first served', async () => {
    const sim = new Simulation(one);
    await sim.run([3, 1, 2].map((id) => simTask(id)));
    expect(startedIds(sim)).toEqual([3, 1, 2]);
  });

  it('puts a higher priority first, also when it comes last in the list', async () => {
    const sim = new Simulation(one);
    await sim.run([simTask(1), simTask(2, { priority: -1 }), simTask(3, { priority: 5 })]);
    expect(startedIds(sim)).toEqual([3, 1, 2]);
  });

  it('lets waiting make up for priority', async () => {
    const sim = new Simulation({ ...one, ageingMs: 50 });
    async function* source() {
      yield simTask(0, { durationMs: 40 });
      yield simTask(1, { durationMs: 40 });
      for (let id = 2; id < 20; id++) {
        await sim.at(id * 20);
        yield simTask(id, { priority: 2, durationMs: 40 });
      }
    }
    await sim.run(source());
    // What comes later than 2 × 50 ms after it comes behind it.
    const ahead = startedIds(sim).slice(1, startedIds(sim).indexOf(1));
    expect(Math.max(...ahead) * 20).toBeLessThanOrEqual(100);
  });

  it('serves groups in turn, however much each has waiting', async () => {
    const sim = new Simulation(one);
    const many = Array.from({ length: 100 }, (_, id) => simTask(id, { group: 'many' }));
    const few = Array.from({ length: 5 }, (_, id) => simTask(1000 + id, { group: 'few' }));
    await sim.run([...many, ...few]);
    expect(
      startedIds(sim)
        .slice(0, 10)
        .filter((id) => id >= 1000),
    ).toHaveLength(5);
  });

  it('counts what a group has used, not how often it came', async () => {
    const sim = new Simulation(one);
    const slow = Array.from({ length: 20 }, (_, id) => simTask(id, { group: 'slow', durationMs: 90 }));
    const quick = Array.from({ length: 400 }, (_, id) =>
      simTask(1000 + id, { group: 'quick', durationMs: 10 }),
    );
    await sim.run([...slow, ...quick]);
    const early = sim.started.filter(({ atMs }) => atMs < 1000);
    const used = early.filter(({ task }) => task.group === 'slow').length * 90;
    expect(used).toBeGreaterThan(300);
    expect(used).toBeLessThan(700);
  });

  it('gives a group that comes late no claim to what it missed', async () => {
    const sim = new Simulation(one);
    async function* source() {
      for (let id = 0; id < 50; id++) yield simTask(id, { group: 'early' });
      await sim.at(200);
      for (let id = 0; id < 20; id++) yield simTask(100 + id, { group: 'late' });
    }
    await sim.run(source());
    const after = sim.started.filter(({ atMs }) => atMs >= 200 && atMs < 300);
    expect(after.filter(({ task }) => task.group === 'early').length).toBeGreaterThanOrEqual(4);
  });
});

describe('exclusive tasks', () => {
  it('run alone', async () => {
    const sim = new Simulation({ reserveAfterMs: 0 });
    const tasks = Array.from({ length: 12 }, (_, id) => simTask(id, { exclusive: id % 4 === 1 }));
    await sim.run(tasks);
    for (const { task, beside } of sim.started) {
      expect(beside.length === 1 || !beside.some(({ exclusive }) => exclusive), `task ${task.id}`).toBe(true);
    }
    expect(sim.settled).toHaveLength(12);
  });

  it('come to run while others keep coming', async () => {
    const sim = new Simulation({ reserveAfterMs: 50 });
    const others = Array.from({ length: 300 }, (_, id) => simTask(10 + id));
    await sim.run([simTask(0), simTask(1, { exclusive: true }), ...others]);
    expect(sim.started.find(({ task }) => task.id === 1)?.atMs).toBeLessThanOrEqual(70);
  });
});

describe('needs', () => {
  it('hold a task back until all of them have passed, in whatever order they come', async () => {
    const sim = new Simulation();
    await sim.run([
      simTask(1, { needs: [2, 3] }),
      simTask(2, { durationMs: 30 }),
      simTask(3, { needs: [2] }),
    ]);
    expect(sim.started.map(({ task, atMs }) => [task.id, atMs])).toEqual([
      [2, 0],
      [3, 30],
      [1, 40],
    ]);
  });

  it('skip a task, and what needs it, when one of them does not pass', async () => {
    const sim = new Simulation();
    const settled = await sim.run([
      simTask(1, { outcome: 'fail' }),
      simTask(2, { needs: [1] }),
      simTask(3, { needs: [2] }),
      simTask(4, { outcome: 'throw' }),
      simTask(5, { needs: [4, 6] }),
      simTask(6),
    ]);
    expect(fates(settled)).toEqual({
      1: 'failed',
      2: 'needs 1',
      3: 'needs 2',
      4: 'error',
      5: 'needs 4',
      6: 'passed',
    });
  });

  it('skip a task that comes after its need has failed', async () => {
    const sim = new Simulation();
    async function* source() {
      yield simTask(1, { outcome: 'fail' });
      await sim.at(50);
      yield simTask(2, { needs: [1] });
    }
    expect(fates(await sim.run(source()))).toEqual({ 1: 'failed', 2: 'needs 1' });
  });

  it('skip what needs itself, each other, or what never comes', async () => {
    const settled = await new Simulation().run([
      simTask(1, { needs: [1] }),
      simTask(2, { needs: [3] }),
      simTask(3, { needs: [2] }),
      simTask(4, { needs: [99] }),
      simTask(5, { needs: [4] }),
      simTask(6),
    ]);
    expect(fates(settled)).toEqual({
      1: 'needs 1',
      2: 'needs 3',
      3: 'needs 2',
      4: 'needs 99',
      5: 'needs 4',
      6: 'passed',
    });
  });

  it('may be a chain longer than any stack', async () => {
    const chain = Array.from({ length: 50_000 }, (_, id) => simTask(id, { needs: id === 0 ? [] : [id - 1] }));
    const settled = await new Simulation().run([{ ...simTask(0), outcome: 'fail' }, ...chain.slice(1)]);
    expect(settled).toHaveLength(50_000);
    expect(settled.filter((each) => 'skipped' in each && each.skipped === 'needs')).toHaveLength(49_999);
  });

  it('that many share cost as much as their number, not its square', async () => {
    const first = Array.from({ length: 5000 }, (_, id) => simTask(id, { cpus: 0 }));
    const needs = ids(first);
    const second = Array.from({ length: 5000 }, (_, id) => simTask(10_000 + id, { cpus: 0, needs }));
    const startedMs = performance.now();
    const settled = await new Simulation().run([...second, ...first]);
    expect(settled).toHaveLength(10_000);
    expect(performance.now() - startedMs).toBeLessThan(5000);
  });
});

describe('faults', () => {
  it('count as not passed when the dispatcher throws, or the question whether it passed does', async () => {
    const sim = new Simulation({
      passed: () => {
        throw new Error('undecided');
      },
    });
    const settled = await sim.run([simTask(1), simTask(2, { needs: [1] })]);
    expect(fates(settled)).toEqual({ 1: 'error', 2: 'needs 1' });
    const throwing = new Simulation({
      dispatcher: {
        dispatch: () => {
          throw new Error('at once');
        },
      },
    });
    expect(fates(await throwing.run([simTask(1)]))).toEqual({ 1: 'error' });
  });
});
