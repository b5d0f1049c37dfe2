import { afterEach, describe, expect, it } from 'vitest';
import type { HotcellError } from '../../../src/core/index.js';
import { PiscinaPool, type PiscinaPoolOptions, usualWorkers, type Watch } from '../../../src/pool/index.js';
import type { CaseTask } from '../../../src/worker/index.js';

const pools: PiscinaPool[] = [];
const counter = new SharedArrayBuffer(4);
const counted = (): number => new Int32Array(counter)[0] ?? 0;

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

function makePool(options: Partial<PiscinaPoolOptions> = {}): PiscinaPool {
  new Int32Array(counter)[0] = 0;
  const threadUrl = new URL('fake-thread.mjs', import.meta.url);
  const pool = new PiscinaPool({ threadUrl, data: { shared: counter }, tasks: 8, workers: 2, ...options });
  pools.push(pool);
  return pool;
}

/** The fake thread does as the suite is called. */
const task = (suite: string): CaseTask => ({ suite }) as CaseTask;

const never = (): AbortSignal => new AbortController().signal;

const run = (pool: PiscinaPool, behaviour: string, watch: Partial<Watch> = {}) =>
  pool.case(task(behaviour), { signal: never(), ...watch });

const fault = (promise: Promise<unknown>): Promise<HotcellError> =>
  promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: HotcellError) => error,
  );

describe('bad input', () => {
  it('refuses numbers of threads and tasks that are none', () => {
    expect(() => makePool({ workers: 0 })).toThrow('0 is not a number of workers');
    expect(() => makePool({ workers: 1.5 })).toThrow('1.5 is not a number of workers');
    expect(() => makePool({ tasks: 0 })).toThrow('0 is not a number of permits');
  });

  it('refuses what cannot be sent to a thread, and keeps the thread', async () => {
    const pool = makePool({ workers: 1 });
    const first = await run(pool, 'ok');
    const bad = { suite: 'ok', case: () => undefined } as unknown as CaseTask;
    const good = [run(pool, 'ok')];
    const refused = expect(pool.case(bad, { signal: never() })).rejects.toThrow(TypeError);
    good.push(run(pool, 'ok'));
    await refused;
    expect(await Promise.all(good)).toEqual([first, first]);
  });

  it('gives up on threads that cannot start, and starts no more of them', async () => {
    const pool = makePool({ threadUrl: new URL('broken-thread.mjs', import.meta.url) });
    const faults = await Promise.all(Array.from({ length: 8 }, () => fault(run(pool, 'ok'))));
    for (const { code } of faults) expect(code).toBe('internal');
    expect((await fault(run(pool, 'ok'))).message).toMatch(
      /threads died one after the other|cannot be loaded/,
    );
  });
});

describe('threads', () => {
  it('share what there is to do, and their place is in the outcome', async () => {
    const pool = makePool();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => run(pool, 'wait')));
    expect(outcomes.map(({ worker }) => worker).sort()).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  it('have no more at a time than allowed', async () => {
    const pool = makePool({ workers: 1, tasks: 3 });
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => run(pool, 'wait')));
    expect(Math.max(...outcomes.map(({ id }) => Number(id)))).toBe(3);
  });

  it('say when they begin, and what they see on the way', async () => {
    const seen: unknown[] = [];
    const cancel = new AbortController();
    await run(makePool(), 'sampled', {
      signal: cancel.signal,
      sampleIntervalMs: 50,
      onStarted: (place) => seen.push(place),
      onSample: (sample) => {
        seen.push(sample);
        if (sample.atMs === 2) cancel.abort();
      },
    });
    expect(seen).toEqual([0, { atMs: 1, cpuMs: 50 }, { atMs: 2, cpuMs: 50 }]);
  });
});

describe('a watcher that throws', () => {
  it('ends the run, and nothing else', async () => {
    const pool = makePool({ workers: 1 });
    const other = run(pool, 'wait');
    const onStarted = (): void => {
      throw new Error('cannot show it');
    };
    await expect(run(pool, 'until-cancelled', { onStarted })).rejects.toThrow('cannot show it');
    expect((await other).status).toBe('ok');
  });
});

describe('a fault of ours', () => {
  it('is tried again on a fresh thread when the thread died', async () => {
    expect((await run(makePool(), 'die-twice')).status).toBe('ok');
    // What a thread says just before its death may be lost with it, so that is not what is counted.
    expect(counted()).toBe(3);
  });

  it('is an error when the thread dies each time', async () => {
    const { code, message } = await fault(run(makePool(), 'die-always'));
    expect(code).toBe('internal');
    expect(message).toMatch(/the thread that it ran in died/);
  });

  it('is an error when the thread dies of something that nobody caught', async () => {
    expect((await fault(run(makePool(), 'throw-later'))).message).toMatch(/out of the blue/);
  });

  it('of one does not become another’s, who ran in the same thread each time', async () => {
    const pool = makePool({ workers: 1 });
    const others = Array.from({ length: 5 }, () => run(pool, 'wait'));
    expect((await fault(run(pool, 'die-always'))).code).toBe('internal');
    for (const { status } of await Promise.all(others)) expect(status).toBe('ok');
  });

  it('loses nothing and hangs nothing, however many threads die', async () => {
    const pool = makePool({ tasks: 16 });
    const runs = Array.from({ length: 200 }, () => run(pool, 'die-now-and-then'));
    const ends = await Promise.allSettled(runs);
    const fine = ends.filter((end) => end.status === 'fulfilled' && end.value.status === 'ok');
    expect(fine.length).toBeGreaterThan(190);
    for (const end of ends)
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'internal' });
    expect((await run(pool, 'ok')).status).toBe('ok');
  });

  it('is tried again when the outcome says so, the program’s or a companion’s', async () => {
    expect((await run(makePool(), 'internal-twice')).status).toBe('ok');
    expect((await run(makePool(), 'internal-checker')).companions).toEqual([]);
    expect(counted()).toBe(2);
  });

  it('is the outcome after three times', async () => {
    expect((await run(makePool(), 'internal-always')).status).toBe('internal-error');
    expect(counted()).toBe(3);
  });

  it('is tried again when the launcher was gone', async () => {
    expect((await run(makePool(), 'closed-once')).status).toBe('ok');
  });

  it('is not what is wrong with the job: that keeps its code and is not tried again', async () => {
    const error = await fault(run(makePool(), 'spec-fault'));
    expect(error).toMatchObject({
      name: 'HotcellError',
      code: 'invalid-spec',
      message: 'files.a: there is no such file',
      hint: 'a hint',
    });
    expect(counted()).toBe(1);
  });

  it('of no known kind is internal', async () => {
    expect(await fault(run(makePool(), 'no-fault-of-ours'))).toMatchObject({ code: 'internal' });
  });
});

describe('cancelling', () => {
  it('reaches a run that is under way', async () => {
    const cancel = new AbortController();
    const outcome = run(makePool(), 'until-cancelled', {
      signal: cancel.signal,
      onStarted: () => cancel.abort(),
    });
    expect((await outcome).status).toBe('cancelled');
  });

  it('reaches a run whose thread was still starting', async () => {
    const signal = AbortSignal.abort();
    expect((await run(makePool(), 'until-cancelled', { signal })).status).toBe('cancelled');
  });

  it('reaches nobody else', async () => {
    const pool = makePool({ workers: 1 });
    const [one, two] = [new AbortController(), new AbortController()];
    const first = run(pool, 'until-cancelled', { signal: one.signal, onStarted: () => one.abort() });
    const second = run(pool, 'until-cancelled', { signal: two.signal });
    await first;
    expect(await Promise.race([second, run(pool, 'ok')])).toMatchObject({ status: 'ok' });
    two.abort();
    expect((await second).status).toBe('cancelled');
  });

  it('ends a thread that does not heed it, without trying again', async () => {
    const cancel = new AbortController();
    const pool = makePool({ graceMs: 30, workers: 1 });
    for (const behaviour of ['hang', 'spin']) {
      const error = fault(run(pool, behaviour, { signal: cancel.signal, onStarted: () => cancel.abort() }));
      expect((await error).message).toBe('it went on for 30ms after it was cancelled');
    }
    expect((await run(pool, 'ok')).status).toBe('ok');
  });
});

describe('a thread that does not begin', () => {
  it('is replaced', async () => {
    const error = await fault(run(makePool({ startMs: 30, workers: 1 }), 'mute'));
    expect(error.message).toBe('its thread did not begin with it in 30ms');
  });
});

describe('closing', () => {
  it('ends what runs, and refuses what comes later', async () => {
    const pool = makePool();
    let begun: () => void = () => undefined;
    const started = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const running = fault(run(pool, 'hang', { onStarted: () => begun() }));
    await started;
    await pool.close();
    expect((await running).code).toBe('closed');
    expect((await fault(run(pool, 'ok'))).code).toBe('closed');
    await pool.close();
  });

  it('may be before anything was run', async () => {
    await makePool().close();
  });
});

describe('the usual number of threads', () => {
  it.each([
    [0.5, 1],
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 2],
    [8, 4],
    [64, 4],
  ])('is half of %s CPUs, at least 1 and at most 4: %s', (cpus, threads) => {
    expect(usualWorkers(cpus)).toBe(threads);
  });
});
