import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { Settled } from '../../../src/schedule/index.js';
import { BUDGET, fate, type SimResult, type SimTask, Simulation, simTask } from './simulation.js';

const MIB = 2 ** 20;

const anyTask = fc.record({
  group: fc.constantFrom('a', 'b', 'c'),
  needs: fc.array(fc.nat(60), { maxLength: 3 }),
  priority: fc.integer({ min: -3, max: 3 }),
  cpus: fc.constantFrom(0, 0.1, 0.5, 1, 1.7, 4),
  memoryBytes: fc.constantFrom(0, MIB, 100 * MIB, 700 * MIB, 1024 * MIB),
  weight: fc.constantFrom(undefined, 1, 2, 9),
  exclusive: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
  durationMs: fc.nat(30),
  outcome: fc.oneof(
    { weight: 8, arbitrary: fc.constant('pass' as const) },
    fc.constantFrom('fail' as const, 'throw' as const),
  ),
});

const anyTasks = fc
  .array(anyTask, { maxLength: 60 })
  .map((list) => list.map((rest, id): SimTask => simTask(id, rest)));

const anyStop = fc.record(
  { bail: fc.integer({ min: 1, max: 5 }), timeoutMs: fc.nat(200) },
  { requiredKeys: [] },
);

function passed(settled: Settled<SimTask, SimResult> | undefined): boolean {
  return settled !== undefined && fate(settled) === 'passed';
}

function expectWithinBudget(sim: Simulation): void {
  for (const { beside } of sim.started) {
    const sum = (of: (task: SimTask) => number): number =>
      beside.reduce((total, task) => total + of(task), 0);
    expect(sum(({ cpus }) => cpus)).toBeLessThanOrEqual(BUDGET.cpus + 1e-9);
    expect(sum(({ memoryBytes }) => memoryBytes)).toBeLessThanOrEqual(BUDGET.memoryBytes);
    if (beside.length > 1) expect(sum(({ weight = 1 }) => weight)).toBeLessThanOrEqual(BUDGET.tasks);
    if (beside.some(({ exclusive }) => exclusive)) expect(beside).toHaveLength(1);
  }
}

describe('whatever the tasks are', () => {
  test.prop([anyTasks, anyStop, fc.boolean()])(
    'each is settled once, within the budget, and runs only after what it needs has passed',
    async (tasks, stop, streamed) => {
      const sim = new Simulation({ reserveAfterMs: 20 });
      async function* stream() {
        yield* tasks;
      }
      const settled = await sim.run(streamed ? stream() : tasks, stop);
      expect(settled.map(({ task }) => task.id).sort((a, b) => a - b)).toEqual(tasks.map(({ id }) => id));
      expectWithinBudget(sim);
      const byId = new Map(settled.map((each) => [each.task.id, each]));
      const startedIds = new Set(sim.started.map(({ task }) => task.id));
      for (const each of settled) {
        const needsPassed = each.task.needs.every((id) => passed(byId.get(id)));
        expect(startedIds.has(each.task.id)).toBe(!('skipped' in each));
        if (!('skipped' in each)) expect(needsPassed, `${each.task.id} ran`).toBe(true);
        if ('skipped' in each && each.skipped === 'needs') {
          expect(passed(byId.get(each.because ?? -1)), `${each.task.id} was skipped`).toBe(false);
          expect(each.task.needs).toContain(each.because);
        }
      }
      expect(sim.scheduler.stats).toMatchObject({ queued: 0, running: 0, cpusInUse: 0, memoryInUse: 0 });
    },
  );

  test.prop([anyTasks])('nothing idles while the next in order would fit', async (tasks) => {
    const free = tasks.map((task) => ({ ...task, needs: [], outcome: 'pass' as const }));
    const sim = new Simulation();
    await sim.run(free);
    const total = free.reduce((sum, { durationMs }) => sum + durationMs, 0);
    expect(sim.nowMs).toBeLessThanOrEqual(total);
    expect(sim.settled).toHaveLength(free.length);
  });
});
