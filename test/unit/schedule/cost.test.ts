import { describe, expect, it } from 'vitest';
import { Scheduler, type Task } from '../../../src/schedule/index.js';

const BUDGET = { cpus: 8, memoryBytes: 2 ** 33, tasks: 16 };

function scheduler(): Scheduler<Task, boolean> {
  return new Scheduler({
    budget: BUDGET,
    dispatcher: { dispatch: async () => true },
    passed: (result) => result,
  });
}

/** Several suites and sizes, and now and then one that needs another. */
function* trivial(count: number): Generator<Task> {
  for (let id = 0; id < count; id++) {
    yield {
      id,
      group: `suite ${id % 7}`,
      needs: id % 10 === 9 ? [id - 9] : [],
      priority: id % 3,
      cpus: 0.5 + (id % 4) / 4,
      memoryBytes: (1 + (id % 5)) * 2 ** 24,
      exclusive: false,
    };
  }
}

interface Cost {
  readonly microseconds: number;
  readonly megabytes: number;
}

/** CPU time per task, whatever else this machine does; memory at its highest, above what there was before. */
async function cost(count: number): Promise<Cost> {
  const before = process.memoryUsage().rss;
  let highest = before;
  let settled = 0;
  const cpuBefore = process.cpuUsage();
  for await (const each of scheduler().run(trivial(count))) {
    if (!('result' in each)) throw new Error(`${each.task.id} did not run`);
    if (++settled % 10_000 === 0) highest = Math.max(highest, process.memoryUsage().rss);
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  const microseconds = (user + system) / count;
  expect(settled).toBe(count);
  return { microseconds, megabytes: (highest - before) / 2 ** 20 };
}

describe('what scheduling costs', () => {
  it('is microseconds per task, whether there are thousands or hundreds of thousands', async () => {
    await cost(2000);
    const few = await cost(10_000);
    const many = await cost(100_000);
    process.stdout.write(
      `scheduling: ${few.microseconds.toFixed(1)} µs a task of 10,000, ${many.microseconds.toFixed(1)} µs of 100,000; ` +
        `${many.megabytes.toFixed(0)} MiB more\n`,
    );
    expect(many.microseconds).toBeLessThan(50);
    expect(many.microseconds).toBeLessThan(4 * few.microseconds + 5);
    expect(many.megabytes).toBeLessThan(300);
  });

  it('allows for a million that wait', async () => {
    const full = scheduler();
    for (const task of trivial(1_000_000)) full.add(task);
    expect(full.stats.queued).toBe(1_000_000);
    const first = await full.run().next();
    expect(first.value).toMatchObject({ result: true });
  }, 60_000);

  it('settles each of very many that will never run once', async () => {
    const stop = new AbortController();
    const times = new Uint8Array(100_000);
    let settled = 0;
    for await (const { task } of scheduler().run(trivial(times.length), { signal: stop.signal })) {
      times[task.id] = (times[task.id] ?? 0) + 1;
      if (++settled === 1000) stop.abort();
    }
    expect(times.every((count) => count === 1)).toBe(true);
  });
});
