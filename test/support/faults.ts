/** Lets one system call of a launcher, or of what it forks, fail: which one is decided while it runs. Root on x86-64 only. */
import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findLauncher } from '../../src/launcher/index.js';
import { syscallNumbers } from '../../src/sandbox/seccomp/syscall-numbers.js';
import { program } from './programs.js';

const NAMES = new Map([...syscallNumbers('x86_64')].map(([name, number]) => [number, name]));

/** A launcher's processes by generation; the program of a job is one until its exec. */
export const RANKS = ['launcher', 'keeper', 'init', 'program'] as const;
export type FaultRank = (typeof RANKS)[number];

export type Errno = keyof typeof constants.errno;

/** The call that failed, as `mount /proc`. */
export interface Hit {
  readonly call: string;
  readonly text: string;
}

/** struct shared of fixtures/programs/inject-fault.c: offsets in bytes. */
const NUMBER = 0;
const ERROR = 4;
const HITS = 12;
const CALL = 16;
const TEXT = 20;
const SIZE = 140;

/** The launcher with a tracer around it; only calls of one rank can fail. */
export class FaultyLauncher {
  readonly path: string;
  readonly #directory = mkdtempSync(join(tmpdir(), 'hotcell-faults-'));
  readonly #shared: number;

  constructor(rank: FaultRank) {
    const shared = join(this.#directory, 'shared');
    writeFileSync(shared, new Uint8Array(SIZE));
    this.#shared = openSync(shared, 'r+');
    this.path = join(this.#directory, 'hotcell-launcher');
    const words = [program('inject-fault'), shared, `${RANKS.indexOf(rank)}`, findLauncher(undefined)];
    writeFileSync(this.path, `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(' ')}\n`);
    chmodSync(this.path, 0o755);
  }

  /** From now on calls are counted; the one of that number, from 1, fails. */
  arm(number: number, errno: Errno): void {
    const memory = new DataView(new ArrayBuffer(SIZE));
    memory.setInt32(ERROR, constants.errno[errno], true);
    writeSync(this.#shared, memory, 0, SIZE, 0);
    memory.setInt32(NUMBER, number, true);
    // Last: the counting begins with it.
    writeSync(this.#shared, memory, NUMBER, 4, NUMBER);
  }

  /** @returns what has failed since it was armed, if it came to that */
  disarm(): Hit | null {
    const memory = new DataView(new ArrayBuffer(SIZE));
    readSync(this.#shared, memory, 0, SIZE, 0);
    writeSync(this.#shared, new Uint8Array(SIZE), 0, SIZE, 0);
    if (memory.getInt32(HITS, true) === 0) return null;
    const call = NAMES.get(memory.getInt32(CALL, true)) ?? 'unknown';
    const text = Buffer.from(memory.buffer, TEXT).toString('latin1');
    return { call, text: text.slice(0, text.indexOf('\0')) };
  }

  remove(): void {
    closeSync(this.#shared);
    rmSync(this.#directory, { recursive: true });
  }
}
