/** Finds and kills processes of one test's own launchers, at moments that a seed decides. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findLauncher } from '../../src/launcher/index.js';
import type { JobInput, Outcome } from '../../src/spec/index.js';
import { allProcesses, instanceNames, isAlive, type ProcessInfo } from './leaks.js';
import { program } from './programs.js';

export type Rank = 'launcher' | 'keeper' | 'init';

/** Numbers from 0 to 1 that the same seed gives again; mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const STDOUT_BYTES = 200_000;
const STDERR_BYTES = 1000;

/** Whether everything that the job's program writes is in the outcome. */
export function isComplete({ stdout, stderr }: Pick<Outcome, 'stdout' | 'stderr'>): boolean {
  const held = (stream: Outcome['stdout']): number => ('text' in stream ? stream.text.length : 0);
  return held(stdout) === STDOUT_BYTES && held(stderr) === STDERR_BYTES;
}

/**
 * A launcher under a name of its own, which its keepers and inits inherit, and a program under the same: so that nobody
 * else's process is ever taken for one of ours, and one of ours is known also when all its parents are gone.
 */
export class Family {
  readonly name = `hk-${randomBytes(5).toString('hex')}`;
  readonly launcherPath: string;
  readonly #directory: string;
  readonly #instances = new Set<string>();

  constructor() {
    this.#directory = mkdtempSync(join(tmpdir(), 'hotcell-kills-'));
    this.launcherPath = join(this.#directory, this.name);
    symlinkSync(findLauncher(undefined), this.launcherPath);
  }

  /** Writes much, and is over in some milliseconds. */
  get job(): JobInput {
    return {
      command: [`./${this.name}`, String(STDOUT_BYTES), String(STDERR_BYTES)],
      files: { [this.name]: { path: program('write-bytes'), mode: '0755' } },
    };
  }

  /** All that is alive, of any rank. */
  processes(): ProcessInfo[] {
    return allProcesses().filter(({ name, state }) => name === this.name && state !== 'Z');
  }

  ofRank(rank: Rank): ProcessInfo[] {
    const all = this.processes();
    for (const name of instanceNames(all)) this.#instances.add(name);
    const pids = new Set(all.map(({ pid }) => pid));
    const below = (parents: readonly ProcessInfo[]): ProcessInfo[] =>
      all.filter(({ parent }) => parents.some(({ pid }) => pid === parent));
    const launchers = all.filter(({ parent }) => !pids.has(parent));
    if (rank === 'launcher') return launchers;
    return rank === 'keeper' ? below(launchers) : below(below(launchers));
  }

  /** The cgroup names of all instances that were seen. */
  get instances(): ReadonlySet<string> {
    return this.#instances;
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true });
  }
}

/** False when it had ended by itself just before. */
export function killProcess(victim: ProcessInfo): boolean {
  if (!isAlive(victim)) return false;
  try {
    return process.kill(victim.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
