/** Family R: attacks that were on no list when they were tried. */
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { JobInput, Outcome } from '../../src/spec/index.js';
import { ending, exited, lines, printed, publish, startAndWaitFor, text, useCell } from '../support/cell.js';
import { launcherPids, residentBytes } from '../support/leaks.js';
import { programJob } from '../support/programs.js';
import { ATTACKS } from './attacks.js';

const cell = useCell();
const directory = mkdtempSync(join(tmpdir(), 'canary-'));
const canary = join(directory, 'canary');
writeFileSync(canary, 'as it was\n', { mode: 0o644 });
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const mounts = [{ source: canary, target: '/box/canary' }];
const WHO: readonly [string, Partial<JobInput>][] = [
  ['an ordinary user', {}],
  ['user 0', { user: '0:0' }],
  ['an ordinary user without a filter', { seccomp: 'unconfined' }],
  ['user 0 without a filter', { user: '0:0', seccomp: 'unconfined' }],
];

/** Without a filter these work, on what is the program's own. User 0 may write to the root that is its sandbox's alone. */
const OWN_WITHOUT_FILTER = ['lease', 'modify_ldt', 'personality'];
const OWN_AS_USER_0 = ['file in /'];

function allowed(job: Partial<JobInput>): string[] {
  return [
    ...(job.seccomp === 'unconfined' ? OWN_WITHOUT_FILTER : []),
    ...(job.user === '0:0' ? OWN_AS_USER_0 : []),
  ];
}

const outcomes = new Map<string, Promise<Outcome>>();
async function tried(who: string, job: Partial<JobInput>): Promise<Outcome> {
  const running = outcomes.get(who) ?? cell.program('try-new-ideas', ['/box/canary'], { ...job, mounts });
  outcomes.set(who, running);
  return await running;
}

const titleOf = (id: string): string => ATTACKS.find((attack) => attack.id === id)?.title ?? 'not listed';

describe.each(['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7'])('%s', (id) => {
  test.each(WHO)(`%s gets nothing: ${titleOf(id)}`, async (who, job) => {
    const before = statSync(canary);
    const outcome = await tried(who, job);
    expect(text(outcome.stderr)).toBe('');
    expect(ending(outcome)).toEqual(exited(0));
    const own = lines(outcome).filter((line) => line.startsWith(`${id} `));
    expect(own.length).toBeGreaterThan(0);
    const got = own.filter((line) => / (DONE|nothing)$/.test(line));
    const known = allowed(job).map((what) => `${id} ${what}: DONE`);
    expect(got.filter((line) => !known.includes(line))).toEqual([]);
    expect(readFileSync(canary, 'utf8')).toBe('as it was\n');
    expect(statSync(canary)).toMatchObject({ mode: before.mode, mtimeMs: before.mtimeMs, nlink: 1 });
  });
});

describe('R8', () => {
  test('a file that is mounted read-only can be opened by others at once', async () => {
    const job = { ...programJob('lease-file', ['/box/canary']), mounts };
    const handle = await startAndWaitFor(cell.hotcell, job, '\n');
    // Would be EAGAIN while there is a lease.
    closeSync(openSync(canary, constants.O_RDWR | constants.O_NONBLOCK));
    handle.kill();
    const outcome = await handle.outcome;
    expect(text(outcome.stdout)).toBe('refused\n');
  });
});

describe('R9', () => {
  /** What one sandbox takes all of, and a program that needs some of it. */
  const TAKERS: readonly [string, string, string][] = [
    ['pipes', 'import os\nwhile 1:\n os.pipe()', 'import os; os.write(os.pipe()[1], b"x" * 4096)'],
    [
      'pipe buffers',
      'import os, fcntl\nwhile 1:\n r, w = os.pipe(); fcntl.fcntl(w, 1031, 1 << 20)',
      'import os, fcntl; r, w = os.pipe(); assert fcntl.fcntl(w, 1032) >= 65536; os.write(w, b"x" * 65536)',
    ],
    [
      'inotify watches',
      'import ctypes\nc = ctypes.CDLL(None)\nfd = c.inotify_init()\nassert fd >= 0\nimport os\nn = 0\nwhile 1:\n os.mkdir(f"/tmp/{n}"); assert c.inotify_add_watch(fd, f"/tmp/{n}".encode(), 2) >= 0; n += 1',
      'import ctypes; c = ctypes.CDLL(None); assert c.inotify_add_watch(c.inotify_init(), b"/tmp", 2) >= 0',
    ],
    [
      'epoll watches',
      'import select, os\nes = []\nwhile 1:\n e = select.epoll(); es.append(e); [e.register(f, 1) for f in os.pipe()]',
      'import select, os; select.epoll().register(os.pipe()[0], 1)',
    ],
    [
      'file descriptors on their way',
      'import socket, os, array\nwhile 1:\n a, b = socket.socketpair()\n a.sendmsg([b"x"], [(1, 1, array.array("i", [b.fileno()] * 200))]); os.dup(a.fileno()); a.detach(); b.detach()',
      'import socket, array; a, b = socket.socketpair(); a.sendmsg([b"x"], [(1, 1, array.array("i", [0]))]); assert b.recvmsg(1, 100)[1]',
    ],
    [
      'pending signals',
      'import ctypes, signal\nsignal.pthread_sigmask(0, range(34, 65))\nimport os\nc = ctypes.CDLL(None)\nwhile c.sigqueue(os.getpid(), 40, None) == 0: pass\nraise SystemExit("full")',
      'import signal, os; signal.pthread_sigmask(0, [40]); os.kill(os.getpid(), 40); signal.sigwait([40])',
    ],
    [
      'memory segments',
      'import ctypes\nc = ctypes.CDLL(None)\nwhile c.shmget(0, 1, 0o600) >= 0: pass\nraise SystemExit("full")',
      'import ctypes; assert ctypes.CDLL(None).shmget(0, 4096, 0o600) >= 0',
    ],
    [
      'locks',
      'import fcntl\nf = open("/tmp/l", "w")\nn = 0\nwhile 1:\n fcntl.lockf(f, 2, 1, n * 2); n += 1',
      'import fcntl; fcntl.lockf(open("/tmp/l", "w"), 2)',
    ],
  ];
  test.each(TAKERS)('a program that takes all %s leaves others theirs', async (_, taker, needer) => {
    const limits = { cpuTime: '1s', wallTime: '4s', memory: '128MiB' };
    const taking = cell.run({ command: ['/usr/bin/python3', '-c', taker], limits });
    const needing = (): Promise<Outcome> => cell.run({ command: ['/usr/bin/python3', '-c', needer] });
    const beside: Outcome[] = [];
    let over = false;
    const taken = taking.finally(() => {
      over = true;
    });
    while (!over) beside.push(await needing());
    expect((await taken).status).not.toBe('internal-error');
    beside.push(await needing());
    for (const outcome of beside) expect(`${outcome.status} ${text(outcome.stderr)}`).toBe('ok ');
  });
});

describe('R10', () => {
  const seed = Number(process.env.HOTCELL_FUZZ_SEED ?? Date.now() % 1_000_000_007);
  const forMs = Number(process.env.HOTCELL_FUZZ_MS ?? 2500);
  const limits = {
    memory: '256MiB',
    pids: 64,
    cpuTime: forMs + 5000,
    wallTime: forMs * 3 + 20_000,
    output: '16MiB',
  };

  test.each(WHO)(
    `system calls at random (seed ${seed}) by %s change nothing outside`,
    { timeout: forMs * 4 + 60_000 },
    async (who, job) => {
      const before = readFileSync('/proc/self/mounts', 'utf8');
      const calls = cell.run({ ...programJob('random-calls', [seed, forMs], { ...job, mounts, limits }) });
      const beside = await cell.program('burn-cpu', [50]);
      expect(ending(beside)).toEqual(exited(0));
      const outcome = await calls;
      // What is mapped at random may be more than its limit.
      expect(['ok', 'memory-exceeded']).toContain(outcome.status);
      if (outcome.status === 'ok') publish(`random calls by ${who}`, [{ calls: printed(outcome, 'calls') }]);
      else publish(`random calls by ${who}`, [{ 'ended as': outcome.status }]);
      expect(readFileSync(canary, 'utf8')).toBe('as it was\n');
      expect(readFileSync('/proc/self/mounts', 'utf8')).toBe(before);
      expect(ending(await cell.program('exit-with', [0]))).toEqual(exited(0));
      for (const pid of launcherPids()) expect(residentBytes(pid)).toBeLessThan(16 << 20);
    },
  );
});
