import { describe, expect, test } from 'vitest';
import type { JobInput, Outcome } from '../../src/spec/index.js';
import { type Ending, ending, exited, killed, metric, signaled, text, useCell } from '../support/cell.js';

const cell = useCell();

interface Row {
  readonly program: string;
  readonly args?: readonly (string | number)[];
  readonly job?: Partial<JobInput>;
  readonly ends: Ending;
  readonly stdout?: string | RegExp;
  readonly stderr?: string | RegExp;
  readonly also?: (outcome: Outcome) => void;
}

const SECOND = 1000;
const MIB = 1024 ** 2;

/** What is true of every run that was started in full isolation, whatever the program did. */
function expectSaneMetrics(outcome: Outcome): void {
  const cpuMs = metric(outcome, 'cpuMs');
  expect(cpuMs).toBeGreaterThan(0);
  expect(metric(outcome, 'wallMs')).toBeGreaterThan(0);
  expect(metric(outcome, 'wallMs')).toBeLessThan(30 * SECOND);
  // User and system come from another counter with a coarser grain.
  expect(metric(outcome, 'cpuUserMs') + metric(outcome, 'cpuSystemMs')).toBeGreaterThanOrEqual(0);
  expect(metric(outcome, 'memoryPeakBytes')).toBeGreaterThan(4096);
  expect(metric(outcome, 'pidsPeak')).toBeGreaterThanOrEqual(1);
  expect(metric(outcome, 'oomKills') > 0).toBe(outcome.status === 'memory-exceeded');
  expect(metric(outcome, 'setupMs')).toBeGreaterThanOrEqual(0);
  expect(metric(outcome, 'queueMs')).toBeGreaterThanOrEqual(0);
  expect(outcome.isolation.degraded.filter((line) => !line.startsWith('without a cgroup'))).toEqual([]);
}

async function check({ program, args, job, ends, stdout, stderr, also }: Row): Promise<void> {
  const outcome = await cell.program(program, args, job);
  expect(ending(outcome), outcome.message ?? '').toEqual(ends);
  expectSaneMetrics(outcome);
  if (typeof stdout === 'string') expect(text(outcome.stdout)).toBe(stdout);
  else if (stdout) expect(text(outcome.stdout)).toMatch(stdout);
  if (typeof stderr === 'string') expect(text(outcome.stderr)).toBe(stderr);
  else if (stderr) expect(text(outcome.stderr)).toMatch(stderr);
  also?.(outcome);
}

const title = ({ program, args = [], ends }: Row): string =>
  `${[program, ...args].join(' ')}: ${ends.status}`;

function checkAll(rows: readonly Row[]): void {
  test.each(rows.map((row) => [title(row), row] as const))('%s', async (_, row) => {
    await check(row);
  });
}

const wall = (wallTime: number): Partial<JobInput> => ({ limits: { wallTime, cpuTime: 'none' } });
const cpu = (cpuTime: number): Partial<JobInput> => ({ limits: { cpuTime } });

describe('programs that use the CPU', () => {
  checkAll([
    { program: 'spin', job: cpu(200), ends: killed('cpu-time') },
    { program: 'spin', args: ['handler'], job: cpu(200), ends: killed('cpu-time') },
    { program: 'spin', job: wall(200), ends: killed('wall-time') },
    { program: 'spin-in-children', args: [3], job: cpu(200), ends: killed('cpu-time') },
    { program: 'spin-in-threads', args: [3], job: cpu(200), ends: killed('cpu-time') },
    { program: 'spin-in-short-children', args: [2], job: cpu(200), ends: killed('cpu-time') },
    { program: 'ignore-signals', args: ['spin'], job: cpu(200), ends: killed('cpu-time'), stdout: 'ready\n' },
    { program: 'burn-cpu', args: [100], job: cpu(2000), ends: exited(0) },
  ]);
});

describe('programs that do nothing', () => {
  const idle = (outcome: Outcome): void => {
    expect(metric(outcome, 'cpuMs')).toBeLessThan(50);
  };
  checkAll([
    { program: 'sleep-forever', job: wall(200), ends: killed('wall-time'), stdout: 'ready\n', also: idle },
    { program: 'ignore-signals', job: wall(200), ends: killed('wall-time'), stdout: 'ready\n', also: idle },
    { program: 'stop-self', job: wall(200), ends: killed('wall-time'), stdout: 'ready\n', also: idle },
    { program: 'stop-self', args: ['group'], job: wall(200), ends: killed('wall-time'), stdout: 'ready\n' },
    { program: 'sleep-for', args: [100], ends: exited(0), also: idle },
  ]);
});

describe('programs that take memory', () => {
  const limited = (memory: string): Partial<JobInput> => ({ limits: { memory } });
  const bounded = (outcome: Outcome): void => {
    expect(metric(outcome, 'oomKills')).toBeGreaterThanOrEqual(1);
    expect(metric(outcome, 'memoryPeakBytes')).toBeLessThanOrEqual(32 * MIB);
    expect(metric(outcome, 'memoryPeakBytes')).toBeGreaterThan(30 * MIB);
  };
  const memoryKills = (program: string, ...args: (string | number)[]): Row => ({
    program,
    args,
    job: limited('32MiB'),
    ends: killed('memory'),
    also: bounded,
  });
  checkAll([
    memoryKills('allocate-at-once', 1024),
    memoryKills('allocate-slowly', 1024),
    memoryKills('allocate-at-once', 8, 'children', 8),
    memoryKills('allocate-kernel-memory', 'memfd', 256),
    memoryKills('allocate-kernel-memory', 'shm', 256),
    memoryKills('allocate.py', 1024),
    { program: 'allocate-at-once', args: [24], job: limited('32MiB'), ends: exited(0) },
    { program: 'use-stack', ends: signaled('SIGSEGV') },
    { program: 'recurse.py', ends: exited(1), stderr: /RecursionError/ },
  ]);
});

describe('kernel memory that no process maps', () => {
  test.each(['pipes', 'sockets'])('%s are held to the memory limit', async (kind) => {
    const outcome = await cell.program('allocate-kernel-memory', [kind, 512], {
      limits: { memory: '32MiB', wallTime: 10 * SECOND, openFiles: 4096 },
    });
    // The kernel may refuse the buffers instead of killing; what counts is that there are none beyond the limit.
    expect(['ok', 'memory-exceeded']).toContain(outcome.status);
    expect(metric(outcome, 'memoryPeakBytes')).toBeLessThanOrEqual(32 * MIB);
  });
});

describe('programs that make processes', () => {
  const limits = { pids: 24, wallTime: SECOND, cpuTime: 'none', cpus: 1 } as const;
  const held = (outcome: Outcome): void => {
    expect(metric(outcome, 'pidsPeak')).toBeLessThanOrEqual(24);
    expect(metric(outcome, 'pidsLimitHits')).toBeGreaterThan(0);
  };
  checkAll([
    { program: 'fork-bomb', job: { limits }, ends: killed('wall-time'), also: held },
    { program: 'fork-bomb', args: ['return'], job: { limits }, ends: exited(0), also: held },
    { program: 'vfork-bomb', job: { limits }, ends: killed('wall-time'), also: held },
    { program: 'thread-bomb', job: { limits }, ends: killed('wall-time'), also: held },
    {
      program: 'thread-bomb',
      args: ['return'],
      job: { limits },
      ends: exited(0),
      stdout: 'threads 24\n',
      also: held,
    },
    { program: 'setsid-storm', job: { limits }, ends: killed('wall-time') },
    { program: 'setsid-storm', args: ['return'], job: { limits }, ends: exited(0) },
  ]);
});

describe('programs that write a lot', () => {
  const limited = { limits: { output: '256KiB', wallTime: 10 * SECOND } } as const;
  const full = (stream: 'stdout' | 'stderr') => (outcome: Outcome) => {
    expect(outcome[stream]).toMatchObject({ bytes: 256 * 1024, truncated: true });
  };
  checkAll([
    { program: 'flood-stdout', job: limited, ends: killed('output'), also: full('stdout') },
    { program: 'flood-stdout', args: ['both'], job: limited, ends: killed('output') },
    { program: 'flood-stdout', args: ['both', 'ignore'], job: limited, ends: killed('output') },
    {
      program: 'fill-disk',
      job: { limits: { disk: '4MiB' } },
      ends: exited(1),
      stdout: /^bytes \d+\nerror No space left on device\n$/,
    },
    {
      program: 'fill-inodes',
      job: { limits: { inodes: 200 } },
      ends: exited(1),
      stdout: /^files 1?\d\d\nerror No space left on device\n$/,
    },
    { program: 'make-awkward-files', ends: exited(0), stdout: 'made\n' },
  ]);
});

describe('programs that attack what runs them', () => {
  const alive = /^alive, parent \d+\n$/;
  checkAll([
    { program: 'kill-everything', ends: exited(0), stdout: alive },
    { program: 'kill-everything', args: [15], ends: exited(0), stdout: alive },
    { program: 'kill-everything', args: [19], ends: exited(0), stdout: alive },
    { program: 'kill-everything', args: ['init', 9], ends: exited(0), stdout: alive },
    { program: 'kill-everything', args: ['init', 19], ends: exited(0), stdout: alive },
    { program: 'flood-fds', ends: exited(5), stdout: 'reached 0\n' },
    { program: 'close-stdio', ends: exited(7), stdout: '', stderr: '' },
  ]);
});

describe('programs that leave others behind', () => {
  const soon = (outcome: Outcome): void => {
    expect(metric(outcome, 'wallMs')).toBeLessThan(5 * SECOND);
  };
  checkAll([
    { program: 'orphan-daemon', ends: exited(0), stdout: 'done\n', also: soon },
    { program: 'background-jobs.sh', ends: exited(0), stdout: 'left them\n', also: soon },
    { program: 'hold-processes', args: [20], ends: exited(0), stdout: 'got 20\n', also: soon },
  ]);
});

describe('ordinary programs', () => {
  const every = Buffer.from(Array.from({ length: 256 }, (_, value) => value)).toString('latin1');
  const shell = { stdout: 'hello from the shell\n', stderr: 'and an error\n' };
  const python = { stdout: 'hello from python\n', stderr: 'and an error\n' };
  checkAll([
    { program: 'hello.sh', ends: exited(0), ...shell },
    { program: 'hello.sh', args: [9], ends: exited(9), ...shell },
    { program: 'pipeline.sh', ends: exited(0), stdout: '19 omega 5050\n' },
    { program: 'exit-with.py', args: [0], ends: exited(0), ...python },
    { program: 'exit-with.py', args: [41], ends: exited(41), ...python },
    { program: 'use-threads.py', ends: exited(0), stdout: '140 285 4096 subprocess pair\n' },
    { program: 'sum-stdin.py', job: { stdin: '1 2\n39\n' }, ends: exited(0), stdout: '42\n' },
    { program: 'echo-stdin', job: { stdin: 'one\ntwo' }, ends: exited(0), stdout: 'one\ntwo' },
    { program: 'echo-stdin', ends: exited(0), stdout: '' },
    { program: 'write-every-byte', ends: exited(0), stdout: every },
    {
      program: 'write-bytes',
      args: [300_000, 7],
      ends: exited(0),
      stdout: 'o'.repeat(300_000),
      stderr: 'eeeeeee',
    },
    { program: 'never-read-stdin', job: { stdin: 'x'.repeat(8 * MIB) }, ends: exited(0), stdout: 'done\n' },
    { program: 'never-read-stdin', args: ['close'], job: { stdin: 'x'.repeat(8 * MIB) }, ends: exited(0) },
    { program: 'exit-with', args: [6], job: { stdin: 'x'.repeat(8 * MIB) }, ends: exited(6) },
  ]);
});

test('no signal that a program can send reaches its init', async () => {
  const signals = Array.from({ length: 64 }, (_, index) => index + 1);
  const outcomes = await Promise.all(
    signals.map(async (n) => await cell.program('kill-everything', ['init', n])),
  );
  expect(outcomes.map(ending)).toEqual(signals.map(() => exited(0)));
});

test('a binary input of several MiB comes back as it went in', async () => {
  const input = Buffer.alloc(3 * MIB, Buffer.from([0, 255, 10, 13, 128, 7]));
  const outcome = await cell.program('echo-stdin', [], { stdin: input });
  expect(ending(outcome)).toEqual(exited(0));
  expect(outcome.stdout).toMatchObject({
    base64: input.toString('base64'),
    bytes: input.length,
    truncated: false,
  });
});
