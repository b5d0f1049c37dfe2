import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Semaphore } from '../../../src/core/index.js';

describe('Semaphore', () => {
  it('lets as many in as it has permits', async () => {
    const semaphore = new Semaphore(2);
    await semaphore.acquire();
    await semaphore.acquire();
    void semaphore.acquire();
    expect(semaphore.waiting).toBe(1);
  });

  it('serves those who wait in the order they came, and nobody in between', async () => {
    const semaphore = new Semaphore(1);
    const order: number[] = [];
    const release = await semaphore.acquire();
    const hold = async (id: number): Promise<void> => {
      const done = await semaphore.acquire();
      order.push(id);
      done();
    };
    const waiters = [1, 2, 3].map(hold);
    release();
    await Promise.all([...waiters, hold(4)]);
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('counts a permit once, however often it is given back', async () => {
    const semaphore = new Semaphore(1);
    const release = await semaphore.acquire();
    release();
    release();
    await semaphore.acquire();
    void semaphore.acquire();
    expect(semaphore.waiting).toBe(1);
  });

  it('forgets a waiter whose signal is aborted, and leaves no listener', async () => {
    const semaphore = new Semaphore(1);
    const release = await semaphore.acquire();
    const controller = new AbortController();
    const aborted = semaphore.acquire(controller.signal);
    const next = semaphore.acquire();
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    release();
    expect(await next).toBeTypeOf('function');
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('removes its listener when the permit comes, and ignores an abort after that', async () => {
    const semaphore = new Semaphore(1);
    const release = await semaphore.acquire();
    const controller = new AbortController();
    const waiting = semaphore.acquire(controller.signal);
    release();
    await waiting;
    controller.abort();
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    void semaphore.acquire();
    expect(semaphore.waiting).toBe(1);
  });

  it('takes no permit for a signal that is aborted already', async () => {
    const semaphore = new Semaphore(1);
    await expect(semaphore.acquire(AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
    await semaphore.acquire();
    expect(semaphore.waiting).toBe(0);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d permits', (permits) => {
    expect(() => new Semaphore(permits)).toThrow(expect.objectContaining({ code: 'invalid-usage' }));
  });

  it('never has more holders than permits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.nat(3), { maxLength: 40 }),
        async (permits, tasks) => {
          const semaphore = new Semaphore(permits);
          let holders = 0;
          let most = 0;
          await Promise.all(
            tasks.map(async (turns) => {
              const release = await semaphore.acquire();
              most = Math.max(most, ++holders);
              for (let turn = 0; turn < turns; turn++) await Promise.resolve();
              holders--;
              release();
            }),
          );
          expect(most).toBeLessThanOrEqual(permits);
          expect(semaphore.waiting).toBe(0);
          expect(holders).toBe(0);
        },
      ),
    );
  });
});
