/** The launcher of an ordinary user, and the process of it that stays outside of its user namespace. */
import { describe, expect, test, vi } from 'vitest';
import { createHotcell, doctor } from '../../src/engine/index.js';
import { readHost } from '../../src/sandbox/index.js';
import { ending, exited, useCell } from '../support/cell.js';
import { isAlive, sandboxProcesses } from '../support/leaks.js';

describe('a launcher', () => {
  test('leaves nothing when it is closed', async () => {
    const cell = await createHotcell();
    for (const isolation of ['full', 'none', 'namespaces'] as const)
      expect(ending(await cell.run({ command: ['true'], isolation }))).toEqual(exited(0));
    const processes = sandboxProcesses();
    expect(processes.length).toBeGreaterThanOrEqual(4); // itself, who stays outside, and keepers
    await cell.close();
    // Whoever died with its parent is gone once the host's init has looked.
    await vi.waitFor(() => expect(processes.filter(isAlive)).toEqual([]), { timeout: 5000 });
  });

  test('that is killed takes all with it, and is replaced', async () => {
    await using cell = await createHotcell();
    await cell.run({ command: ['true'], isolation: 'none' });
    const processes = sandboxProcesses();
    process.kill(cell.launcherPid, 'SIGKILL');
    await vi.waitFor(() => expect(processes.filter(isAlive)).toEqual([]), { timeout: 5000 });
    expect(ending(await cell.run({ command: ['true'] }))).toEqual(exited(0));
  });
});

describe('many runs', () => {
  const cell = useCell();

  test('one after the other and side by side use nothing up that is counted for the user', async () => {
    for (let round = 0; round < 10; round++) {
      const outcomes = await Promise.all(
        Array.from({ length: 40 }, async () => await cell.run({ command: ['true'] })),
      );
      expect(outcomes.filter(({ status }) => status !== 'ok').map(({ message }) => message)).toEqual([]);
    }
  });
});

test('doctor tries what this user has, and says what there could be', async () => {
  const report = await doctor();
  const failing = report.checks.filter(({ ok }) => !ok);
  expect(report).toMatchObject({ ok: true, tier: 'T3' });
  const isSingle = readHost().identities === 'single';
  expect(failing.map(({ name }) => name)).toEqual([...(isSingle ? ['user-ids'] : []), 'delegated-cgroup']);
  for (const { optional, remedy } of failing) {
    expect(optional).toBe(true);
    expect(remedy).not.toBeNull();
  }
});
