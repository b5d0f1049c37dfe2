import { constants } from 'node:os';
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { foldOutcome } from '../../../src/collect/outcome.js';
import { decideEnding, signalName } from '../../../src/collect/verdict.js';
import { causeId, metricId, stepId } from '../../../src/launcher/protocol-table.js';
import { outcomeSchema, type RunFacts, STATUSES, type Status } from '../../../src/spec/index.js';
import { type FactsInput, factsWith, jobWith } from './support.js';

const LIMITS = { cpuTime: '1s', wallTime: '2s', memory: '64MiB', output: '1KiB' };
const end = (facts: FactsInput, limits: Record<string, unknown> = LIMITS) =>
  decideEnding(factsWith(facts), jobWith({ limits }));

const SIGKILL = { waitStatus: 9 };
const failure = (step: keyof typeof stepId, errno = 0, detail = './program') => ({
  failure: { step, errno, detail },
  exited: false,
  execReached: false,
});

/** Everything that can be wrong, in the order in which it wins. */
const CAUSES: readonly [Status, FactsInput][] = [
  ['cancelled', { cause: 'cancel' }],
  ['memory-exceeded', { metrics: { oomKills: 1 } }],
  ['wall-time-exceeded', { metrics: { wallNs: 2e9 } }],
  ['cpu-time-exceeded', { metrics: { cpuNs: 1e9 } }],
  ['output-exceeded', { truncated: { stdout: true, stderr: false } }],
  ['start-failed', { failure: { step: 'exec', errno: 2, detail: 'x' } }],
  ['signaled', SIGKILL],
];

describe('the first cause wins', () => {
  test.each(CAUSES.map(([status], index) => [status, index] as const))(
    '%s over all after it',
    (status, index) => {
      const later = CAUSES.slice(index).map(([, facts]) => facts);
      const metrics = Object.assign({}, ...later.map((facts) => facts.metrics));
      expect(end({ ...Object.assign({}, ...later), metrics }).status).toBe(status);
    },
  );

  test.each([
    ['cancel', 'cancelled', 'cancel'],
    ['memory', 'memory-exceeded', 'memory'],
    ['wallTime', 'wall-time-exceeded', 'wall-time'],
    ['cpuTime', 'cpu-time-exceeded', 'cpu-time'],
    ['output', 'output-exceeded', 'output'],
  ] as const)('what the launcher killed for, %s, is %s', (cause, status, killedBy) => {
    expect(end({ cause, waitStatus: 9 })).toMatchObject({
      status,
      killedBy,
      exitCode: null,
      signal: 'SIGKILL',
    });
    expect(end({ cause, exited: false })).toMatchObject({
      status,
      killedBy,
      exitCode: null,
      signal: 'SIGKILL',
    });
  });

  test('a limit that was passed is one although the program ended by itself', () => {
    expect(end({ metrics: { wallNs: 2e9 } })).toMatchObject({
      status: 'wall-time-exceeded',
      exitCode: null,
      signal: null,
    });
    expect(end({ metrics: { cpuNs: 1e9 }, waitStatus: 24 })).toMatchObject({
      status: 'cpu-time-exceeded',
      signal: 'SIGXCPU',
    });
    expect(end({ metrics: { rusageCpuNs: 1e9 } }).status).toBe('cpu-time-exceeded');
    expect(end({ metrics: { cpuNs: 1e9 - 1, rusageCpuNs: 2e9 } }).status).toBe('ok');
    expect(end({ metrics: { wallNs: 2e9 - 1 } }).status).toBe('ok');
  });

  test('a limit that is lifted cannot be passed', () => {
    const metrics = { wallNs: 1e15, cpuNs: 1e15 };
    expect(end({ metrics }, { cpuTime: 'none', wallTime: 'none' }).status).toBe('ok');
  });
});

describe('how a program ended', () => {
  test.each([0, 1, 2, 127, 128, 255])('with exit code %i', (exitCode) => {
    const status = exitCode === 0 ? 'ok' : 'nonzero-exit';
    expect(end({ waitStatus: exitCode << 8 })).toEqual({
      status,
      exitCode,
      signal: null,
      killedBy: null,
      message: null,
      startFailure: null,
    });
  });

  test.each([
    [1, 'SIGHUP'],
    [6, 'SIGABRT'],
    [9, 'SIGKILL'],
    [11, 'SIGSEGV'],
    [15, 'SIGTERM'],
    [29, 'SIGIO'],
    [32, 'SIG32'],
    [34, 'SIGRTMIN'],
    [64, 'SIGRTMIN+30'],
  ])('by signal %i, %s, core or not', (signo, signal) => {
    for (const core of [0, 0x80]) {
      expect(end({ waitStatus: signo | core })).toMatchObject({
        status: 'signaled',
        exitCode: null,
        signal,
        killedBy: 'signal',
      });
    }
  });

  test('by a system call that it may not make', () => {
    expect(end({ waitStatus: constants.signals.SIGSYS })).toMatchObject({
      status: 'syscall-denied',
      signal: 'SIGSYS',
    });
  });

  test.each([0x7f, 0x137f, 0xffff, 0x80, 0x1_00_00, 0x01_01_09, 0xff_ff_ff_00])(
    'wait status %i is no end that we know',
    (waitStatus) => {
      expect(end({ waitStatus })).toMatchObject({ status: 'internal-error', exitCode: null });
    },
  );

  test('every signal has a name of its own', () => {
    const names = Array.from({ length: 64 }, (_, index) => signalName(index + 1));
    expect(new Set(names).size).toBe(64);
  });
});

describe('a program that did not start', () => {
  test.each([
    ['exec', 2, 'not found: ./program (no such file, or its interpreter or loader is missing)', 'not-found'],
    ['exec', 13, 'not executable: ./program: permission denied (EACCES)', 'not-executable'],
    ['exec', 8, 'not executable: ./program: exec format error (ENOEXEC)', 'not-executable'],
    ['exec', 7, 'not executable: arguments, environment or name too long (./program)', 'not-executable'],
    ['workdir', 2, 'workdir: "./program": no such file or directory (ENOENT)', 'set-up'],
    ['bind', 20, 'cannot set up bind ./program: not a directory (ENOTDIR)', 'set-up'],
  ] as const)('step %s, errno %i: %s', (step, errno, message, kind) => {
    expect(end(failure(step, errno))).toEqual({
      status: 'start-failed',
      exitCode: null,
      signal: null,
      killedBy: null,
      message,
      startFailure: kind,
    });
  });

  test.each([
    ['workdir', 5],
    ['bind', 12],
    ['source', 24],
    ['file', 23],
    ['symlink', 4],
  ] as const)('step %s with errno %i, which is the host’s, is no part of the job', (step, errno) => {
    expect(end(failure(step, errno))).toMatchObject({ status: 'internal-error', startFailure: null });
  });

  const JOB = {
    image: 'host',
    workdir: '/etc/passwd',
    mounts: [{ source: '/srv/a', target: '/usr/x' }],
    tmpfs: [{ target: '/etc/ssl/certs/y' }],
    files: { 'a b': { content: '' }, '/usr/z/f': { content: '' }, c: { path: '/srv/c' } },
    limits: { disk: '10MiB', inodes: 100 },
  };

  test.each([
    [
      'bind',
      30,
      '/usr/x',
      'mounts[0].target: "/usr/x": /usr is read-only in image host; choose a path outside of it',
    ],
    [
      'overlay',
      40,
      '/usr/x (a symlink is in the way)',
      'mounts[0].target: "/usr/x": a symlink is in the way',
    ],
    ['bind', 21, '/usr/x', 'mounts[0].target: "/usr/x": illegal operation on a directory (EISDIR)'],
    [
      'tmpfs',
      30,
      '/etc/ssl/certs/y',
      'tmpfs[0].target: "/etc/ssl/certs/y": /etc/ssl/certs is read-only in image host; choose a path outside of it',
    ],
    [
      'tmpfs',
      22,
      'mount tmpfs at /etc/ssl/certs/y',
      'tmpfs[0].target: "/etc/ssl/certs/y": invalid argument (EINVAL)',
    ],
    [
      'file',
      30,
      '/usr/z/f',
      'files["/usr/z/f"]: /usr is read-only in image host; choose a path outside of it',
    ],
    [
      'copy',
      28,
      '/etc/passwd/a b',
      'files["a b"]: does not fit; raise limits.disk (10MiB) or limits.inodes (100)',
    ],
    ['directory', 20, '/etc/passwd', 'workdir: "/etc/passwd": not a directory (ENOTDIR)'],
    ['source', 2, '/srv/a', 'mounts[0].source: "/srv/a": no such file or directory (ENOENT)'],
    ['source', 2, '/srv/c', 'files["c"]: no such file or directory (ENOENT)'],
    ['bind', 2, '/bin', 'cannot set up bind /bin: no such file or directory (ENOENT)'],
  ] as const)(
    'because of a part of the job names it: step %s, errno %i, %s',
    (step, errno, detail, message) => {
      const facts = factsWith(failure(step, errno, detail));
      expect(decideEnding(facts, jobWith(JOB))).toMatchObject({ message, startFailure: 'set-up' });
    },
  );

  test('was sought on PATH when it has no slash', () => {
    expect(end(failure('exec', 2, 'nonesuch')).message).toBe('not found: nonesuch on PATH');
  });

  test.each(['protocol', 'slot', 'cgroup', 'clone', 'seccomp', 'capabilities', 'init'] as const)(
    'step %s is our fault',
    (step) => {
      expect(end(failure(step, 1, 'why'))).toMatchObject({
        status: 'internal-error',
        message: expect.stringContaining(`step ${step}: why`),
      });
    },
  );

  test.each<FactsInput>([
    { exited: false },
    { exited: false, waitStatus: 0x100 },
    { cause: 'shutdown' },
    { execReached: false },
    { execReached: false, waitStatus: 0x100 },
  ])('or of which no end is known is our fault: %j', (facts) => {
    expect(end(facts)).toMatchObject({ status: 'internal-error', exitCode: null, signal: null });
  });
});

const names = <Name extends string>(table: Readonly<Record<Name, number>>) =>
  fc.constantFrom(...(Object.keys(table) as Name[]));

const anyFacts: fc.Arbitrary<RunFacts> = fc.record({
  cause: names(causeId),
  exited: fc.boolean(),
  waitStatus: fc.oneof(fc.constant(0), fc.nat(0xffff), fc.nat(0xff_ff_ff_ff)),
  execReached: fc.boolean(),
  truncated: fc.record({ stdout: fc.boolean(), stderr: fc.boolean() }),
  failure: fc.option(fc.record({ step: names(stepId), errno: fc.nat(200), detail: fc.string() })),
  metrics: fc
    .uniqueArray(fc.tuple(names(metricId), fc.nat(3_000_000_000)), { selector: ([name]) => name })
    .map((rows) => new Map(rows)),
});

/** Few facts are all harmless by chance, so each is harmless half of the time. */
const likelyFacts = fc
  .tuple(anyFacts, fc.record(Object.fromEntries(Object.keys(factsWith()).map((key) => [key, fc.boolean()]))))
  .map(([facts, harmless]): RunFacts => {
    const good = factsWith();
    const kept = Object.entries(facts).map(([key, value]) => [
      key,
      harmless[key] ? good[key as keyof RunFacts] : value,
    ]);
    return Object.fromEntries(kept) as RunFacts;
  });

describe('whatever the facts are', () => {
  const job = jobWith({ limits: LIMITS });

  test.prop([likelyFacts], { numRuns: 2000 })(
    'only a program that ended with 0 and broke no limit is ok',
    (facts) => {
      const { metrics } = facts;
      const harmless =
        facts.exited &&
        facts.waitStatus === 0 &&
        facts.cause === 'none' &&
        facts.failure === null &&
        facts.execReached &&
        !(facts.truncated.stdout || facts.truncated.stderr) &&
        (metrics.get('oomKills') ?? 0) === 0 &&
        (metrics.get('wallNs') ?? 0) < 2e9 &&
        (metrics.get('cpuNs') ?? metrics.get('rusageCpuNs') ?? 0) < 1e9;
      expect(decideEnding(facts, job).status === 'ok').toBe(harmless);
    },
  );

  test.prop([likelyFacts])('there is an outcome of the documented shape, and only ok passes', (facts) => {
    const nothing = { text: '', bytes: 0, truncated: false };
    const outcome = foldOutcome({
      id: 'x',
      job,
      facts,
      stdout: nothing,
      stderr: nothing,
      outputs: [],
      tier: 'T1',
      degraded: [],
      cgroupVersion: 1,
      startedAt: new Date(0),
      finishedAt: new Date(1),
    });
    expect(outcomeSchema.parse(outcome)).toEqual(outcome);
    expect(outcome.verdict === 'passed').toBe(outcome.status === 'ok');
    expect(outcome.failures.length > 0).toBe(outcome.verdict === 'failed');
    expect(outcome.exitCode !== null).toBe(outcome.status === 'ok' || outcome.status === 'nonzero-exit');
  });
});

test('every status can be reached', () => {
  const reached = [
    ...CAUSES.map(([, facts]) => end(facts).status),
    end({}).status,
    end({ waitStatus: 0x100 }).status,
    end({ waitStatus: constants.signals.SIGSYS }).status,
    end({ exited: false }).status,
  ];
  expect(new Set(reached)).toEqual(new Set(STATUSES));
});
