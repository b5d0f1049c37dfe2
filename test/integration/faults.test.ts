/**
 * Every system call of a run, of its launcher, keeper, init and program before its exec, fails once in turn: the run is then told
 * as ours, with the step and what the kernel said, or it is as if nothing had happened; the next one is fine, and nothing is left.
 *
 *   HOTCELL_FAULT_ERRNOS=EIO,ENOMEM,EMFILE  which errors; without it EIO
 *   HOTCELL_FAULT_JOBS=all                  other kinds of runs too
 */
import { constants } from 'node:os';
import { describe, expect, test, vi } from 'vitest';
import { HotcellError } from '../../src/core/index.js';
import { createHotcell, type Hotcell } from '../../src/engine/index.js';
import type { JobInput, Outcome } from '../../src/spec/index.js';
import { publish, text } from '../support/cell.js';
import { type Errno, type FaultRank, FaultyLauncher, type Hit, RANKS } from '../support/faults.js';
import {
  allProcesses,
  cgroupDirectories,
  instanceNames,
  mountLines,
  type ProcessInfo,
} from '../support/leaks.js';
import { program } from '../support/programs.js';

const errnos = (process.env.HOTCELL_FAULT_ERRNOS ?? 'EIO').split(',') as Errno[];
for (const errno of errnos) if (constants.errno[errno] === undefined) throw new Error(`no errno ${errno}`);

/** More than there are; reached only where an end is never seen. */
const CALLS_MAX = 3000;
const TIMEOUT_MS = 900_000;
const SETTLED_WITHIN = { timeout: 10_000, interval: 5 };

const usual: JobInput = {
  command: ['./tell-isolation'],
  files: {
    'tell-isolation': { path: program('tell-isolation'), mode: '0755' },
    'a.txt': { content: 'hello' },
  },
  outputs: ['a.txt'],
  limits: { wallTime: '10s', memory: '64MiB', pids: 20 },
};

const JOBS: readonly [string, JobInput][] = [
  ['a usual run', usual],
  ['a run with a network and a terminal', { ...usual, network: 'loopback', tty: { rows: 24, cols: 80 } }],
  ['a run by chroot', { ...usual, isolation: 'chroot', limits: { wallTime: '10s' } }],
  ['a run as user 0 without a filter', { ...usual, seccomp: 'unconfined', user: '0:0' }],
];

const jobs = process.env.HOTCELL_FAULT_JOBS === 'all' ? JOBS : JOBS.slice(0, 1);

/** What the isolation is made of must not fail without anybody hearing of it. */
const CRITICAL = new Set([
  ...['mount', 'move_mount', 'open_tree', 'mount_setattr', 'fsmount', 'fsopen', 'fsconfig', 'pivot_root'],
  ...['umount2', 'chroot', 'unshare', 'setns', 'clone', 'clone3', 'setresuid', 'setresgid', 'setgroups'],
  ...[
    'capset',
    'seccomp',
    'setrlimit',
    'prlimit64',
    'prctl',
    'close_range',
    'setsid',
    'sethostname',
    'keyctl',
  ],
]);

type Result = Outcome | HotcellError;

async function attempt(run: () => Promise<Outcome>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof HotcellError) return error;
    throw error;
  }
}

/** What must be the same for nothing to have happened: how it ended, what kept it in, its files. */
const essence = ({ status, stdout, stderr, outputs }: Outcome): string =>
  [status, text(stdout), text(stderr), ...outputs.map(({ path, sha256 }) => `${path} ${sha256}`)]
    .join('\n')
    .replace(IDS_OF_A_SLOT, 'ID');

/** Another slot has other ids, from 0x70000000 up; without a user namespace a program sees them. */
const IDS_OF_A_SLOT = /\b1[89]\d{8}\b/g;

const differingLine = (one: string, other: string): string | undefined =>
  one.split('\n').find((line) => !other.split('\n').includes(line));

const essenceOrError = (result: Result): string =>
  result instanceof HotcellError ? say(result) : essence(result);

const say = (result: Result): string =>
  result instanceof HotcellError
    ? `threw ${result.code}: ${result.message}`
    : `${result.status}: ${result.message}`;

/** All but a file that could not be had, which says so. */
function expectOnlyFilesLost(outcome: Outcome, errno: Errno, good: string): void {
  expect(good.startsWith(essence({ ...outcome, outputs: [] }))).toBe(true);
  expect(outcome.outputs.map(({ error }) => error).join()).toContain(`(${errno})`);
}

function expectToldAsOurs(
  result: Result,
  { call }: Hit,
  { errno, good }: { errno: Errno; good: string },
): void {
  if (result instanceof HotcellError)
    expect(['launcher-failed', 'protocol-error', 'closed']).toContain(result.code);
  else if (result.status === 'ok') expectOnlyFilesLost(result, errno, good);
  else if (result.status === 'start-failed')
    expect(call === 'execve' || result.message?.includes(`(${errno})`)).toBe(true);
  else expect(say(result)).toMatch(/^internal-error: step \w+: ./);
}

/** What was told of the faults of one rank, and whose faults nobody noticed. */
class Tally {
  points = 0;
  told = 0;
  readonly silent = new Set<string>();

  count({ call }: Hit, wasTold: boolean): void {
    this.points++;
    if (wasTold) this.told++;
    else this.silent.add(call);
  }
}

/** Inits and programs live for one run; what the launcher and keepers do after it is part of the next. */
const RUNS: Readonly<Record<FaultRank, number>> = { launcher: 2, keeper: 2, init: 1, program: 1 };

/** One fault. Null when there was no such call any more. */
async function fail(
  { launcher, run }: { launcher: FaultyLauncher; run: () => Promise<Result> },
  { number, errno, runs, good }: { number: number; errno: Errno; runs: number; good: string },
): Promise<{ hit: Hit; wasTold: boolean } | null> {
  expect(number).toBeLessThan(CALLS_MAX);
  launcher.arm(number, errno);
  const results: Result[] = [];
  for (let done = 0; done < runs; done++) results.push(await run());
  const hit = launcher.disarm();
  if (hit === null) return null;
  const bad = results.filter((result) => essenceOrError(result) !== good);
  for (const result of bad) {
    try {
      expectToldAsOurs(result, hit, { errno, good });
    } catch (error) {
      throw new Error(
        `${hit.call} ${hit.text} (${errno}) -> ${say(result)}; ${differingLine(essenceOrError(result), good)}`,
        { cause: error },
      );
    }
  }
  return { hit, wasTold: bad.length > 0 };
}

describe.each(jobs)('of %s', (title, job) => {
  // EIO is what a terminal without anybody at its other end says, which is no fault.
  const tried = errnos.filter((errno) => job.tty === undefined || errno !== 'EIO');
  test.each(tried.flatMap((errno) => RANKS.map((rank) => [rank, errno] as const)))(
    'every call of its %s may fail with %s',
    { timeout: TIMEOUT_MS },
    async (rank, errno) => {
      const launcher = new FaultyLauncher(rank);
      const hotcell = await createHotcell({ launcherPath: launcher.path });
      const tally = new Tally();
      const run = async (): Promise<Result> => await attempt(async () => await hotcell.run(job));
      const first = await hotcell.run(job);
      expect(first.status, first.message ?? '').toBe('ok');
      const good = essence(first);
      for (let number = 1; ; number++) {
        const happened = await fail({ launcher, run }, { number, errno, runs: RUNS[rank], good });
        if (happened === null) break;
        tally.count(happened.hit, happened.wasTold);
        if (happened.wasTold) expect(essenceOrError(await run()), happened.hit.call).toBe(good);
      }
      await hotcell.close();
      launcher.remove();
      publish(`${title}: ${errno} for every call of its ${rank}`, [
        { calls: tally.points, told: tally.told },
      ]);
      expect(tally.told).toBeGreaterThan(0);
      // Without a filter keys are cleared by a child of the keeper's after the run; where that fails the slot goes.
      if ((rank === 'init' && job.seccomp !== 'unconfined') || rank === 'program')
        expect([...tally.silent].filter((call) => CRITICAL.has(call))).toEqual([]);
    },
  );
});

const mounts = mountLines();
const instances = new Set<string>();

function descendants(): ProcessInfo[] {
  const all = allProcesses();
  const found = new Set([process.pid]);
  // A child may have a smaller number than its parent.
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all.filter(({ pid }) => pid !== process.pid && found.has(pid));
}

/** A cell from its beginning to its end. */
async function whole(path: string): Promise<Outcome> {
  const hotcell: Hotcell = await createHotcell({ launcherPath: path });
  try {
    return await hotcell.run(usual);
  } finally {
    for (const name of instanceNames(descendants())) instances.add(name);
    await hotcell.close();
  }
}

describe.each(['launcher', 'keeper'] as const)('of a %s', (rank) => {
  test.each(errnos)(
    'every call from its start to its end may fail with %s',
    { timeout: TIMEOUT_MS },
    async (errno) => {
      const launcher = new FaultyLauncher(rank);
      const tally = new Tally();
      const run = async (): Promise<Result> => await attempt(async () => await whole(launcher.path));
      const good = essence(await whole(launcher.path));
      for (let number = 1; ; number++) {
        expect(number).toBeLessThan(CALLS_MAX);
        const happened = await fail({ launcher, run }, { number, errno, runs: 1, good });
        if (happened === null) break;
        tally.count(happened.hit, happened.wasTold);
      }
      publish(`${errno} for every call of a ${rank}, from start to end`, [
        { calls: tally.points, told: tally.told },
      ]);
      expect(tally.told).toBeGreaterThan(0);
      // What a launcher could not remove is removed by the next that starts; or by a later one, if somebody else was at it.
      await vi.waitFor(async () => {
        expect(essence(await whole(launcher.path))).toBe(good);
        expect(cgroupDirectories(instances).join('\n')).toBe('');
        expect(mountLines()).toEqual(mounts);
      }, SETTLED_WITHIN);
      launcher.remove();
    },
  );
});
