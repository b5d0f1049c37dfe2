/** SIGKILL for Node, a launcher, a keeper or an init at any moment: nothing is left, and no outcome is wrong. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { createHotcell, type Hotcell } from '../../src/engine/index.js';
import type { Outcome } from '../../src/spec/index.js';
import { publish } from '../support/cell.js';
import { cgroupDirectories, mountLines } from '../support/leaks.js';
import { Family, isComplete, killProcess, type Rank, seeded } from '../support/victims.js';

const KILLS = 50;
const AT_ONCE = 4;
/** About as long as the runs of one round take. */
const ROUND_MS = 25;
const SETTLED_WITHIN = { timeout: 10_000, interval: 5 };
const RUNTIME_DIR = '/run/hotcell';

const seed = Number(process.env.HOTCELL_SEED ?? Date.now() % 1_000_000);
const random = seeded(seed);
const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)];

const family = new Family();
const mounts = mountLines();
afterAll(() => family.remove());

async function listens(path: string): Promise<boolean> {
  const socket = connect(path);
  const found = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  return found;
}

/** Sockets of launchers that are no more, ours or others'. */
async function deadSockets(): Promise<string[]> {
  const entries = readdirSync(RUNTIME_DIR, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const dead: string[] = [];
  for (const { name } of entries) {
    const path = join(RUNTIME_DIR, name, 'launcher.sock');
    if (existsSync(path) && !(await listens(path))) dead.push(path);
  }
  return dead;
}

/** A new cell starts, works and closes; and then nothing is left of all that went before it either. */
async function expectNothingLeftAfterNextStart(): Promise<void> {
  const hotcell = await createHotcell({ launcherPath: family.launcherPath });
  expect((await hotcell.run(family.job)).status).toBe('ok');
  await hotcell.close();
  await vi.waitFor(async () => {
    expect(family.processes()).toEqual([]);
    expect(cgroupDirectories(family.instances)).toEqual([]);
    expect(await deadSockets()).toEqual([]);
    expect(mountLines()).toEqual(mounts);
  }, SETTLED_WITHIN);
}

function expectTruth(outcome: Outcome): void {
  if (outcome.status === 'ok') expect(isComplete(outcome)).toBe(true);
  else expect(outcome.status, outcome.message ?? '').toBe('internal-error');
}

interface Tally {
  kills: number;
  ok: number;
  lost: number;
}

/** Some runs, and a kill at a random moment of theirs. */
async function oneRound(hotcell: Hotcell, rank: Rank, tally: Tally): Promise<void> {
  let over = false;
  const runs = Promise.all(Array.from({ length: AT_ONCE }, () => hotcell.run(family.job))).finally(() => {
    over = true;
  });
  // The moment is what is random here; nothing waits for anything by it.
  await delay(random() * ROUND_MS);
  for (let killed = false; !killed && !over; ) {
    const victim = pick(family.ofRank(rank));
    killed = victim !== undefined && killProcess(victim);
    if (killed) tally.kills++;
    else await delay(0);
  }
  for (const outcome of await runs) {
    expectTruth(outcome);
    if (outcome.status === 'ok') tally.ok++;
    else tally.lost++;
  }
}

test.each<Rank>(['launcher', 'keeper', 'init'])(
  'a killed %s costs no more than the runs it carried',
  async (rank) => {
    const hotcell = await createHotcell({ launcherPath: family.launcherPath });
    const tally: Tally = { kills: 0, ok: 0, lost: 0 };
    for (let rounds = 0; tally.kills < KILLS && rounds < 10 * KILLS; rounds++) {
      await oneRound(hotcell, rank, tally);
      // One that is sent to a launcher before anybody can know of its death is one of the runs that it carried.
      if (rank === 'launcher') expectTruth(await hotcell.run(family.job));
      // A cell whose launcher died has another one for its next run.
      const next = await hotcell.run(family.job);
      expect([next.status, isComplete(next)], next.message ?? '').toEqual(['ok', true]);
    }
    await hotcell.close();
    publish(`killed ${rank}s (HOTCELL_SEED=${seed})`, [{ ...tally }]);
    expect(tally.kills).toBe(KILLS);
    expect(tally.lost).toBeGreaterThan(0);
    await expectNothingLeftAfterNextStart();
  },
);

const SCRIPT = fileURLToPath(new URL('../support/run-until-killed.mjs', import.meta.url));

/** Kills a Node that runs jobs; gives what it said about them before. */
async function killNode(beforeItIsUp: boolean): Promise<string[]> {
  const args = [SCRIPT, family.launcherPath, JSON.stringify(family.job)];
  const node = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(node, 'exit');
  let said = '';
  node.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  const end = once(node.stdout, 'end');
  const tooSoon = exit.then((how) => {
    throw new Error(`Node ended by itself: ${String(how)}`);
  });
  tooSoon.catch(() => undefined);
  if (!beforeItIsUp) await Promise.race([once(node.stdout, 'data'), tooSoon]);
  await delay(random() * (beforeItIsUp ? 300 : 6 * ROUND_MS));
  family.ofRank('launcher'); // remembers the names of its cgroups
  node.kill('SIGKILL');
  expect(await exit).toEqual([null, 'SIGKILL']);
  await end;
  return said.split('\n').filter((line) => line !== '' && line !== 'up');
}

test('with a killed Node everything ends that it had started', async () => {
  let outcomes = 0;
  // Two side by side: most of the time goes into starting them, which keeps one CPU busy each.
  for (let kills = 0; kills < KILLS; kills += 2) {
    const said = await Promise.all([killNode(kills % 5 === 0), killNode(kills % 5 === 1)]);
    const lines = said.flat();
    for (const line of lines) expect(line).toBe('ok 200000 1000');
    outcomes += lines.length;
    await vi.waitFor(() => expect(family.processes()).toEqual([]), SETTLED_WITHIN);
  }
  publish(`killed Nodes (HOTCELL_SEED=${seed})`, [{ kills: KILLS, ok: outcomes }]);
  expect(outcomes).toBeGreaterThan(0);
  await expectNothingLeftAfterNextStart();
});
