import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { formatIdentity, ownIdentity } from '../../../src/store/identity.js';
import { RunStore, type StoreOptions } from '../../../src/store/index.js';

const homes: string[] = [];

afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

export function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'hotcell-store-'));
  homes.push(home);
  return home;
}

export async function makeStore(options: StoreOptions = {}): Promise<{ store: RunStore; home: string }> {
  const home = makeHome();
  return { store: await RunStore.open(home, options), home };
}

export const runDirectory = (home: string, id: string): string => join(home, 'runs', id);

/** As if the process that wrote there had been killed: its place is given to one that is dead. */
export async function killOwner(directory: string): Promise<void> {
  const { pid } = spawnSync('true');
  const claims = readdirSync(directory).filter((name) => name.startsWith('owner.'));
  const last = claims.sort().at(-1) ?? 'owner.1';
  unlinkSync(join(directory, last));
  symlinkSync(formatIdentity({ ...(await ownIdentity()), pid, startTicks: 1 }), join(directory, last));
}

/** A clock that goes on by a millisecond with every look, so that ids differ in their times. */
export class StepClock {
  #ms: number;

  constructor(start = '2026-01-01T00:00:00.000Z') {
    this.#ms = Date.parse(start);
  }

  nowMs(): number {
    return this.#ms;
  }

  advance(ms: number): void {
    this.#ms += ms;
  }

  date(): Date {
    this.#ms += 1;
    return new Date(this.#ms);
  }
}
