import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, LIMIT_NAMES, type Limits } from '../../../src/spec/index.js';
import { jobWith, problemsWith } from './support.js';

const limits = (given: Record<string, unknown>): Limits => jobWith({ limits: given }).limits;
const problems = (given: Record<string, unknown>): string[] => problemsWith({ limits: given });

const MIB = 1024 ** 2;

describe('limits', () => {
  it('have defaults for everything, none of which the user asked for', () => {
    expect(limits({})).toEqual({ ...DEFAULT_LIMITS, explicit: [] });
    expect(DEFAULT_LIMITS).toEqual({
      cpuTimeMs: 60_000,
      wallTimeMs: 300_000,
      memoryBytes: 512 * MIB,
      pids: 256,
      outputBytes: 16 * MIB,
      diskBytes: 256 * MIB,
      diskInodes: 65_536,
      cpus: null,
      cpuset: null,
      openFiles: 1024,
      fileSizeBytes: null,
      stackBytes: 8 * MIB,
    });
  });

  it('are resolved one by one', () => {
    const given = {
      cpuTime: '2s',
      wallTime: '1m30s',
      memory: '64MiB',
      pids: 64,
      output: '64k',
      disk: '1g',
      inodes: 1000,
      cpus: 1.5,
      cpuset: '3,0-1',
      openFiles: 64,
      fileSize: '10MB',
      stack: '1m',
    };
    expect(limits(given)).toEqual({
      cpuTimeMs: 2000,
      wallTimeMs: 90_000,
      memoryBytes: 64 * MIB,
      pids: 64,
      outputBytes: 65_536,
      diskBytes: 1024 * MIB,
      diskInodes: 1000,
      cpus: 1.5,
      cpuset: '0-1,3',
      openFiles: 64,
      fileSizeBytes: 10_000_000,
      stackBytes: MIB,
      explicit: LIMIT_NAMES,
    });
    expect(Object.keys(given)).toEqual(LIMIT_NAMES);
  });

  it('take numbers as milliseconds and bytes', () => {
    expect(limits({ cpuTime: 250, wallTime: 0.5, memory: 4 * MIB })).toMatchObject({
      cpuTimeMs: 250,
      wallTimeMs: 0.5,
      memoryBytes: 4 * MIB,
      explicit: ['cpuTime', 'wallTime', 'memory'],
    });
  });

  it('do not count undefined as given', () => {
    expect(limits({ memory: undefined, cpuset: undefined }).explicit).toEqual([]);
  });

  it.each([
    ['cpuTime', 'cpuTimeMs'],
    ['wallTime', 'wallTimeMs'],
    ['memory', 'memoryBytes'],
    ['pids', 'pids'],
    ['output', 'outputBytes'],
    ['cpus', 'cpus'],
    ['fileSize', 'fileSizeBytes'],
    ['stack', 'stackBytes'],
  ] as const)('%s can be switched off by "none", which asks for nothing', (name, resolved) => {
    expect(limits({ [name]: 'none' })[resolved]).toBeNull();
    expect(limits({ [name]: 'none' }).explicit).toEqual([]);
  });

  it.each(['disk', 'inodes', 'openFiles'])('%s cannot be switched off', (name) => {
    expect(problems({ [name]: 'none' })).toEqual([
      expect.stringMatching(
        new RegExp(`^limits\\.${name}: "none" is not .*; this limit cannot be switched off$`),
      ),
    ]);
    expect(problems({ [name]: 'unlimited' })[0]).toMatch(/this limit cannot be switched off$/);
  });
});

describe('a wrong limit is answered with its place, the value and what is allowed', () => {
  it.each([
    [{ memroy: '1m' }, 'limits.memroy: unknown key; did you mean "memory"?'],
    [{ timeout: '1s' }, 'limits.timeout: unknown key; did you mean "wallTime"?'],
    [{ 'cpu-time': '1s' }, 'limits.cpu-time: unknown key; did you mean "cpuTime"?'],
    [{ frobnicate: 1 }, `limits.frobnicate: unknown key; allowed: ${LIMIT_NAMES.join(', ')}`],
    [{ memory: 0 }, 'limits.memory: 0 is too small; at least 1MiB; for no limit write "none"'],
    [{ memory: -5 }, 'limits.memory: -5 is too small; at least 1MiB'],
    [{ memory: '4k' }, 'limits.memory: "4k" is too small; at least 1MiB'],
    [{ memory: 1_048_576.5 }, 'limits.memory: 1048576.5 is not a whole number'],
    [{ memory: 2 ** 53 }, 'limits.memory: 9007199254740992 is too large; at most 8192TiB'],
    [{ memory: Number.NaN }, 'limits.memory: NaN is not a size; use bytes or text such as "64MiB"'],
    [{ memory: true }, 'limits.memory: true is not a size; use bytes or text such as "64MiB"'],
    [{ memory: null }, 'limits.memory: null is not a size; use bytes or text such as "64MiB"'],
    [
      { memory: Number.POSITIVE_INFINITY },
      'limits.memory: Infinity is not a size; use bytes or text such as "64MiB"; for no limit write "none"',
    ],
    [{ wallTime: 0 }, 'limits.wallTime: 0 is too small; at least 1us; for no limit write "none"'],
    [{ wallTime: '5' }, 'limits.wallTime: "5" has no unit; write "5ms" or "5s"'],
    [{ wallTime: '31d' }, 'limits.wallTime: "31d" is too large; at most 720h'],
    [
      { cpuTime: [] },
      'limits.cpuTime: a list of 0 is not a duration; use milliseconds or text such as "500ms", "2s" or "1m30s"',
    ],
    [{ pids: 1.5 }, 'limits.pids: 1.5 is not a whole number'],
    [{ pids: '64' }, 'limits.pids: "64" is not a count; use a whole number'],
    [{ pids: -1 }, 'limits.pids: -1 is too small; at least 1; for no limit write "none"'],
    [{ pids: 4_194_305 }, 'limits.pids: 4194305 is too large; at most 4194304'],
    [{ cpus: 0 }, 'limits.cpus: 0 is too small; at least 0.01; for no limit write "none"'],
    [{ cpus: '1' }, 'limits.cpus: "1" is not a number of CPUs; use a number such as 1 or 0.5'],
    [{ openFiles: 2 }, 'limits.openFiles: 2 is too small; at least 3'],
    [{ inodes: 3.5 }, 'limits.inodes: 3.5 is not a whole number'],
    [{ disk: '1k' }, 'limits.disk: "1k" is too small; at least 64KiB'],
    [{ cpuset: 3 }, 'limits.cpuset: 3 is not a list of CPUs; use text such as "0-2,4"'],
    [{ cpuset: '2-1' }, 'limits.cpuset: "2-1" has a range that runs backwards: 2-1'],
  ])('%o', (given, line) => {
    expect(problems(given)).toEqual([line]);
  });

  it('lists every problem on its own line', () => {
    expect(problems({ memory: 0, pids: 0, memroy: 1, wal: 2 })).toHaveLength(4);
  });

  it('is HotcellError whatever is given', () => {
    fc.assert(
      fc.property(fc.constantFrom(...LIMIT_NAMES), fc.anything(), (name, value) => {
        for (const line of problems({ [name]: value }))
          expect(line).toMatch(/^limits\.|too many values|nested|__proto__/);
      }),
    );
  });
});
