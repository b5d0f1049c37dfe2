/** A launcher that dies is replaced by its owner at the same address, and the cells of other threads follow it there. */
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createHotcell, type Hotcell } from '../../src/engine/index.js';
import { ending, exited, startAndWaitFor } from '../support/cell.js';
import { programJob } from '../support/programs.js';

const TRUE = { command: ['/bin/true'] };
const LOST = { status: 'internal-error', verdict: 'error', exitCode: null };

let owner: Hotcell;
let guest: Hotcell;

beforeEach(async () => {
  owner = await createHotcell();
  // As a worker thread makes it: it knows nothing but the address.
  guest = await createHotcell({ address: owner.address });
});

afterEach(async () => {
  await guest.close();
  await owner.close();
});

const killLauncher = (): void => void process.kill(owner.launcherPid, 'SIGKILL');

/** Kills it while a run of the guest's is under way, whose end then says that it has seen it. */
async function killUnderway(): Promise<void> {
  const running = await startAndWaitFor(guest, programJob('ignore-signals'), 'ready');
  killLauncher();
  expect(await running.outcome).toMatchObject(LOST);
}

describe('a launcher that is killed', () => {
  test('loses what runs, and has a successor before its owner asks for one', async () => {
    const { address, launcherPid } = owner;
    await killUnderway();
    expect(ending(await guest.run(TRUE))).toEqual(exited(0));
    expect(owner.launcherPid).not.toBe(launcherPid);
    expect(owner.address).toBe(address);
    expect(ending(await owner.run(TRUE))).toEqual(exited(0));
  });

  test('again and again is replaced again and again, for many runs that all come at once', async () => {
    for (let round = 0; round < 4; round++) {
      await killUnderway();
      // What is sent before its sender has heard of the death is lost like what was under way: so the guest goes first.
      expect(ending(await guest.run(TRUE))).toEqual(exited(0));
      const outcomes = await Promise.all(
        Array.from({ length: 40 }, async (_, index) => await (index % 2 ? guest : owner).run(TRUE)),
      );
      for (const outcome of outcomes) expect(ending(outcome)).toEqual(exited(0));
    }
  });

  test('more often than is allowed makes its successor wait, and no run hangs or is lost meanwhile', async () => {
    for (let round = 0; round < 5; round++) {
      await killUnderway();
      expect(ending(await guest.run(TRUE))).toEqual(exited(0));
    }
    await killUnderway();
    const outcomes = await Promise.all([guest.run(TRUE), guest.run(TRUE)]);
    for (const outcome of outcomes) expect(ending(outcome)).toEqual(exited(0));
  }, 30_000);
});

describe('a guest', () => {
  test('is told soon that its owner has closed', async () => {
    const running = await startAndWaitFor(guest, programJob('ignore-signals'), 'ready');
    await owner.close();
    expect(await running.outcome).toMatchObject(LOST);
    // What is sent before the end of the connection is heard is lost with it; that end is on its way.
    await vi.waitFor(async () => {
      await expect(guest.run(TRUE)).rejects.toMatchObject({ code: 'launcher-failed' });
    }, 10_000);
  });

  test('that closes while it waits for a successor is done at once', async () => {
    for (let round = 0; round < 5; round++) {
      await killUnderway();
      await guest.run(TRUE);
    }
    await killUnderway();
    const waiting = guest.run(TRUE).catch((error: unknown) => error);
    await new Promise((resolve) => setImmediate(resolve));
    await guest.close();
    expect(await waiting).toMatchObject({ code: 'closed' });
  });

  test('does not take its owner along when it closes', async () => {
    await guest.close();
    await expect(guest.run(TRUE)).rejects.toMatchObject({ code: 'closed' });
    expect(ending(await owner.run(TRUE))).toEqual(exited(0));
  });
});

describe('an owner', () => {
  test('that closes while a successor must still wait is done at once, and leaves no socket', async () => {
    for (let round = 0; round < 5; round++) {
      await killUnderway();
      await guest.run(TRUE);
    }
    await killUnderway();
    await owner.close();
    expect(existsSync(owner.address)).toBe(false);
    await expect(owner.run(TRUE)).rejects.toMatchObject({ code: 'closed' });
  });

  test('that closes at the moment of a death starts no other', async () => {
    const { launcherPid } = owner;
    killLauncher();
    await owner.close();
    expect(owner.launcherPid).toBe(launcherPid);
    expect(existsSync(owner.address)).toBe(false);
  });
});
