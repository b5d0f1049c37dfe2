/** Family C: abuse of resources, as far as other tests do not have it (attacks.ts): right verdict, and others unaffected. */
import { describe, expect, test } from 'vitest';
import type { JobInput, Outcome } from '../../src/spec/index.js';
import { ending, exited, killed, metric, text, useCell } from '../support/cell.js';
import { sandboxProcesses } from '../support/leaks.js';
import { programJob } from '../support/programs.js';
import { scaledDown } from '../support/time-scale.js';

const cell = useCell();
const MIB = 1 << 20;

/** A program beside the attack comes to its own end, and one after it as well. */
async function beside(attack: JobInput): Promise<Outcome> {
  const [outcome, neighbour] = await Promise.all([cell.run(attack), cell.program('burn-cpu', [20])]);
  expect(ending(neighbour)).toEqual(exited(0));
  expect(ending(await cell.program('exit-with', [0]))).toEqual(exited(0));
  return outcome;
}

describe('C1', () => {
  test.each(['fork-bomb', 'vfork-bomb', 'thread-bomb', 'setsid-storm'])(
    '%s ends by its limit, and takes no other along',
    async (name) => {
      const outcome = await beside(
        programJob(name, [], { limits: { pids: 32, wallTime: '2s', cpuTime: '1s' } }),
      );
      expect(outcome.status).toMatch(/^(wall-time|cpu-time)-exceeded$/);
      expect(sandboxProcesses().filter((process) => process.name === name)).toEqual([]);
    },
  );
});

describe('C2', () => {
  test.each(['shared', 'memfd', 'shm-file', 'tmp-file', 'sysv', 'sparse-map', 'children'])(
    'memory as %s is held to the limit',
    async (kind) => {
      const limits = { memory: '24MiB', disk: '256MiB', wallTime: '20s' };
      const outcome = await beside(programJob('take-memory', [kind, 128], { limits }));
      expect(ending(outcome)).toEqual(killed('memory'));
      expect(metric(outcome, 'memoryPeakBytes')).toBeLessThanOrEqual(24 * MIB + 256 * 1024 * 4);
      expect(text(outcome.stdout)).toBe('');
    },
  );
});

describe('C3', () => {
  test.each(['flat', 'names', 'deep'])(
    'files without number, %s, end by the limit and vanish',
    async (how) => {
      const outcome = await beside(
        programJob('make-many-files', [how], { limits: { inodes: 20_000, memory: '256MiB' } }),
      );
      expect(ending(outcome)).toEqual(exited(0));
      expect(text(outcome.stdout)).toBe('full\n');
    },
  );
});

describe('C4', () => {
  test('output without end to both streams is cut at the limit, and memory here stays flat', async () => {
    const before = process.memoryUsage().rss;
    const outcome = await beside(
      programJob('flood-stdout', ['both'], { limits: { output: '4MiB', wallTime: '60s' } }),
    );
    expect(ending(outcome)).toEqual(killed('output'));
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * MIB);
  });
});

describe('C6', () => {
  test.each(['handler', 'blocked', 'nice', 'idle', 'relay', 'vfork'])(
    'a program that uses CPU and hides by %s is ended by its limit',
    async (how) => {
      const outcome = await beside(
        programJob('hide-from-limits', [how], { limits: { cpuTime: 100, wallTime: '30s' } }),
      );
      expect(ending(outcome)).toEqual(killed('cpu-time'));
    },
  );

  test('a group that stops itself is ended by its time', async () => {
    const command = ['/bin/sh', '-c', 'kill -STOP 0'];
    const outcome = await beside({ command, limits: { wallTime: 300 } });
    expect(ending(outcome)).toEqual(killed('wall-time'));
  });
});

describe('C8', () => {
  test('input of many megabytes that nobody reads holds nobody up', async () => {
    const base64 = Buffer.alloc(4 * MIB, 'x').toString('base64');
    const outcome = await beside({ command: ['/bin/true'], stdin: { base64 } });
    expect(ending(outcome)).toEqual(exited(0));
  });
});

describe('C9', () => {
  const compile = (source: string, ...flags: string[]): JobInput => ({
    command: ['/usr/bin/g++', ...flags, '-c', 'main.cc', '-o', 'main.o'],
    files: { 'main.cc': { content: source } },
    limits: { memory: '256MiB', cpuTime: '5s', wallTime: '20s', output: '1MiB' },
  });
  const SOURCES: readonly [string, JobInput][] = [
    ['includes a device without end', compile('#include "/dev/urandom"\n')],
    ['includes /etc/shadow', compile('#include "/etc/shadow"\n')],
    ['takes /etc/shadow into its data', compile('asm(".incbin \\"/etc/shadow\\"");\n')],
    ['takes the terminal', compile('#include "/dev/stdin"\n#include "/dev/tty"\n')],
    [
      'has templates without end',
      compile(
        'template<int n> struct A { static const int v = A<n + 1>::v + A<n + 2>::v; }; int x = A<0>::v;\n',
        '-ftemplate-depth=100000',
      ),
    ],
    ['has an array of 16 GB', compile('char a[1ull << 34] = {1}; int main() {}\n', '-mcmodel=large')],
    ['expands macros without end', compile(macros())],
  ];
  test.each(SOURCES)('a source that %s', async (_, job) => {
    const outcome = await beside(job);
    expect([
      'nonzero-exit',
      'memory-exceeded',
      'cpu-time-exceeded',
      'output-exceeded',
      'wall-time-exceeded',
      'signaled',
    ]).toContain(outcome.status);
    expect(text(outcome.stderr) + text(outcome.stdout)).not.toMatch(/root:[*!$]/);
    expect(sandboxProcesses().filter(({ name }) => name === 'cc1plus' || name === 'as')).toEqual([]);
  });

  function macros(): string {
    const levels = Array.from({ length: 40 }, (_, n) => `#define M${n + 1} M${n} M${n}`);
    return `#define M0 int\n${levels.join('\n')}\nM40\n`;
  }
});

const THOUSAND = scaledDown(1000);

describe('C10', () => {
  const series = async (
    count: number,
    job: JobInput,
    right: (outcome: Outcome) => boolean,
  ): Promise<void> => {
    const wrong: string[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      while (next++ < count) {
        const outcome = await cell.run(job);
        if (!right(outcome)) wrong.push(`${outcome.status} ${outcome.exitCode} ${outcome.message}`);
      }
    };
    await Promise.all([work(), work(), work(), work()]);
    expect(wrong).toEqual([]);
  };

  test('a thousand that exit at once', async () => {
    await series(THOUSAND, programJob('exit-with', [7]), ({ exitCode }) => exitCode === 7);
  });
  test('a thousand that are not there', async () => {
    await series(THOUSAND, { command: ['/box/nothing'] }, ({ status }) => status === 'start-failed');
  });
  test('a thousand that end by their first call', async () => {
    await series(
      THOUSAND,
      programJob('raise-signal', [9]),
      ({ signal, killedBy }) => signal === 'SIGKILL' && killedBy === 'signal',
    );
  });
});
