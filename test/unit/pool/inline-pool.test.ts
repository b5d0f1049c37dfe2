import { describe, expect, it } from 'vitest';
import { HotcellError, systemClock } from '../../../src/core/index.js';
import { InlinePool } from '../../../src/pool/index.js';
import { readHost } from '../../../src/sandbox/index.js';
import { caseOf, NO_IMAGES } from '../../support/cases.js';

/** A pool whose launcher does not answer, and how often it was asked for. */
function makePool(code: 'launcher-failed' | 'isolation-unavailable') {
  const asked: number[] = [];
  const backend = (): Promise<never> => {
    asked.push(asked.length);
    return Promise.reject(new HotcellError({ code, message: 'no', hint: 'a hint' }));
  };
  const context = { backend, host: readHost(), clock: systemClock, images: NO_IMAGES };
  return { pool: new InlinePool({ context, tasks: 1 }), asked };
}

const task = () => ({
  suite: 'suite',
  case: caseOf({ program: { command: ['/bin/true'], isolation: 'none' } }),
  built: {},
  attempt: 1,
  repeat: 1,
});

describe('the inline pool', () => {
  it('tries three times what may go better another time, and gives the error as it was', async () => {
    const { pool, asked } = makePool('launcher-failed');
    const started: number[] = [];
    const run = pool.case(task(), {
      signal: new AbortController().signal,
      onStarted: (place) => started.push(place),
    });
    await expect(run).rejects.toMatchObject({ code: 'launcher-failed', message: 'no', hint: 'a hint' });
    expect(asked).toHaveLength(3);
    expect(started).toEqual([0, 0, 0]);
  });

  it('tries once what stays as it is', async () => {
    const { pool, asked } = makePool('isolation-unavailable');
    await expect(pool.case(task(), { signal: new AbortController().signal })).rejects.toMatchObject({
      code: 'isolation-unavailable',
    });
    expect(asked).toHaveLength(1);
  });

  it('tries nothing again once it is cancelled', async () => {
    const { pool, asked } = makePool('launcher-failed');
    await expect(pool.case(task(), { signal: AbortSignal.abort() })).rejects.toThrow('no');
    expect(asked).toHaveLength(1);
  });

  it('refuses what comes after it was closed', async () => {
    const { pool, asked } = makePool('launcher-failed');
    await pool.close();
    await expect(pool.case(task(), { signal: new AbortController().signal })).rejects.toMatchObject({
      code: 'closed',
    });
    expect(asked).toEqual([]);
  });
});
