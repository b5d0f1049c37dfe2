import { basename, dirname } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createHotcell } from '../../src/engine/index.js';
import { ending, exited } from '../support/cell.js';
import { kind } from '../support/kinds.js';
import {
  cgroupDirectories,
  instanceNames,
  isAlive,
  mountLines,
  openDescriptors,
  sandboxProcesses,
  temporaryFiles,
} from '../support/leaks.js';
import { programJob } from '../support/programs.js';

const SETTLED_WITHIN = { timeout: 20_000, interval: 50 };

/** Uses a Hotcell, closes it, and gives the check that nothing of it is left. */
async function useAndClose(runs: number): Promise<() => void> {
  const mounts = mountLines();
  const hotcell = await createHotcell({ concurrency: 64 });
  const jobs = Array.from({ length: runs }, async (_, index) => await hotcell.run(kind(index)[0]));
  const outcomes = await Promise.all(jobs);
  expect(outcomes.map(ending)).toEqual(outcomes.map((_, index) => kind(index)[1]));
  const processes = sandboxProcesses();
  const names = instanceNames(processes).add(basename(dirname(hotcell.address)));
  expect(cgroupDirectories(names).length).toBeGreaterThan(0);
  expect(processes.length).toBeGreaterThan(0);
  await hotcell.close();
  return () => {
    expect(processes.filter(isAlive)).toEqual([]);
    expect(sandboxProcesses()).toEqual([]);
    expect(cgroupDirectories(names)).toEqual([]);
    expect(mountLines()).toEqual(mounts);
    expect(temporaryFiles(names)).toEqual([]);
  };
}

test('nothing is left of a Hotcell that had much to do', async () => {
  await vi.waitFor(await useAndClose(8), SETTLED_WITHIN);
  const descriptors = openDescriptors();
  await vi.waitFor(await useAndClose(64), SETTLED_WITHIN);
  await vi.waitFor(() => expect(openDescriptors()).toBeLessThanOrEqual(descriptors), SETTLED_WITHIN);
});

test('nothing is left after 30 Hotcells one after another', async () => {
  await vi.waitFor(await useAndClose(1), SETTLED_WITHIN);
  const descriptors = openDescriptors();
  for (let i = 0; i < 30; i++) await vi.waitFor(await useAndClose(2), SETTLED_WITHIN);
  await vi.waitFor(() => expect(openDescriptors()).toBeLessThanOrEqual(descriptors), SETTLED_WITHIN);
});

test('closing in the middle ends what runs, and leaves nothing', async () => {
  const hotcell = await createHotcell({ concurrency: 16 });
  const handles = Array.from({ length: 8 }, () => hotcell.start(programJob('ignore-signals')));
  const results = Promise.allSettled(handles.map(async ({ outcome }) => await outcome));
  await hotcell.run(programJob('exit-with', [0]));
  const processes = sandboxProcesses();
  expect(processes.length).toBeGreaterThan(8);
  await hotcell.close();
  // Whether that is an outcome or an error, it is not a success.
  for (const result of await results)
    if (result.status === 'fulfilled') expect(['cancelled', 'internal-error']).toContain(result.value.status);
  await vi.waitFor(() => expect(processes.filter(isAlive)).toEqual([]), SETTLED_WITHIN);
});

test('what is asked of a closed Hotcell is an error that says so', async () => {
  const hotcell = await createHotcell();
  expect(ending(await hotcell.run({ command: ['/bin/true'] }))).toEqual(exited(0));
  await hotcell.close();
  await hotcell.close();
  await expect(hotcell.run({ command: ['/bin/true'] })).rejects.toMatchObject({ code: 'closed' });
});
