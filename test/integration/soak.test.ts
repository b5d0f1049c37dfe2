import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createHotcell, type Hotcell } from '../../src/engine/index.js';
import { type Ending, ending, exited, publish, signaled, startAndWaitFor } from '../support/cell.js';
import { kind } from '../support/kinds.js';
import { type Footprint, footprint, launcherPids, residentBytes } from '../support/leaks.js';
import { programJob } from '../support/programs.js';

const MIB = 1024 ** 2;
const RUNS = 2000;
const AT_ONCE = 64;
const SETTLED_WITHIN = { timeout: 20_000, interval: 50 };

let cell: Hotcell;

beforeAll(async () => {
  cell = await createHotcell({ concurrency: AT_ONCE });
});
afterAll(async () => {
  await cell.close();
});

async function runKind(index: number): Promise<[number, Ending]> {
  const [job] = kind(index);
  return [index, ending(await cell.run(job))];
}

const wrong = (results: readonly [number, Ending][]): unknown[] =>
  results
    .filter(([index, got]) => JSON.stringify(got) !== JSON.stringify(kind(index)[1]))
    .map(([index, got]) => [kind(index)[0].command, got]);

const runAtOnce = async (count: number): Promise<unknown[]> =>
  wrong(await Promise.all(Array.from({ length: count }, async (_, index) => await runKind(index))));

/** Taking down goes on after the answer, so what is left is looked at until it is no more than before. */
async function expectNoMoreThan(before: Footprint): Promise<void> {
  await vi.waitFor(() => {
    const now = footprint();
    for (const [key, value] of Object.entries(before))
      expect(now[key as keyof Footprint], key).toBeLessThanOrEqual(value);
  }, SETTLED_WITHIN);
}

/** As many slots and parked sandboxes as there will ever be, by having as many runs as there may be at one time. */
async function warmUp(): Promise<Footprint> {
  const starting = Array.from({ length: AT_ONCE }, async () => {
    return await startAndWaitFor(cell, programJob('sleep-forever'), 'ready');
  });
  for (const sleeper of await Promise.all(starting)) {
    sleeper.kill();
    expect((await sleeper.outcome).status).toBe('cancelled');
  }
  expect(await runAtOnce(AT_ONCE)).toEqual([]);
  // The launcher and a keeper for each slot; one that was given up on a busy machine is made again when it is needed.
  await vi.waitFor(async () => {
    if (footprint().processes < AT_ONCE + 1) expect(await runAtOnce(AT_ONCE)).toEqual([]);
    expect(footprint()).toMatchObject({ processes: AT_ONCE + 1, zombies: 0 });
  }, SETTLED_WITHIN);
  return footprint();
}

describe('after many runs', () => {
  test(`${AT_ONCE} at once end as they should, five times, and leave nothing`, async () => {
    const before = await warmUp();
    for (let round = 0; round < 5; round++) expect(await runAtOnce(AT_ONCE)).toEqual([]);
    await expectNoMoreThan(before);
  });

  test(`${RUNS} in a row end as they should, leave nothing, and memory stays flat`, {
    timeout: 300_000,
  }, async () => {
    const before = await warmUp();
    const [launcher] = launcherPids();
    const results: [number, Ending][] = [];
    const rss: { node: number; launcher: number }[] = [];
    for (let index = 0; index < RUNS; index++) {
      results.push(await runKind(index));
      if (index % 20 === 19) rss.push({ node: residentBytes(), launcher: residentBytes(launcher) });
    }
    expect(wrong(results)).toEqual([]);
    await expectNoMoreThan(before);
    const most = (samples: typeof rss, key: 'node' | 'launcher'): number =>
      Math.max(...samples.map((sample) => sample[key]));
    const [first, second] = [rss.slice(0, rss.length / 2), rss.slice(rss.length / 2)];
    publish(`RSS over ${RUNS} runs, MiB`, [
      { process: 'node', 'first half': most(first, 'node') / MIB, 'second half': most(second, 'node') / MIB },
      {
        process: 'launcher',
        'first half': most(first, 'launcher') / MIB,
        'second half': most(second, 'launcher') / MIB,
      },
    ]);
    expect(most(second, 'node')).toBeLessThan(most(first, 'node') + 48 * MIB);
    expect(most(second, 'launcher')).toBeLessThan(most(first, 'launcher') + MIB);
  });

  test('1,000 that end before anything could be seen of them', async () => {
    const endings: Ending[] = [];
    for (let i = 0; i < 500; i++) {
      endings.push(ending(await cell.run({ command: ['/bin/true'] })));
      endings.push(ending(await cell.run(programJob('raise-signal', [9]))));
    }
    expect(endings.filter((_, index) => index % 2 === 0)).toEqual(Array(500).fill(exited(0)));
    expect(endings.filter((_, index) => index % 2 === 1)).toEqual(Array(500).fill(signaled('SIGKILL')));
  });

  test('the library may be asked for 1,000 runs at a time', async () => {
    const codes = Array.from({ length: 1000 }, (_, index) => index % 256);
    const outcomes = await Promise.all(
      codes.map(async (code) => await cell.run(programJob('exit-with', [code]))),
    );
    expect(outcomes.map(ending)).toEqual(codes.map(exited));
  });
});
