/** What is built is as hostile as what is run: sources that take all there is of a compiler, or want to read the host. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createHotcell } from '../../src/engine/index.js';
import type { JobInput, Outcome, SuiteInput } from '../../src/spec/index.js';
import { useCell } from '../support/cell.js';
import {
  cgroupDirectories,
  instanceNames,
  mountLines,
  residentBytes,
  sandboxProcesses,
  temporaryFiles,
} from '../support/leaks.js';

const CANARY = 'canary_of_the_host';
process.env.HOTCELL_TEST_CANARY = CANARY;

const cell = useCell();

/** Generous time, so that what ends a build is always the same; all but one take little of it. */
const LIMITS = {
  cpuTime: '30s',
  wallTime: '60s',
  memory: '128MiB',
  pids: 32,
  output: '128KiB',
  disk: '32MiB',
};
/** Far below what is asked for: 16 GiB and more. */
const MOST_GROWTH_BYTES = 64 * 1024 ** 2;
const SETTLED_WITHIN = { timeout: 10_000 };

const MAIN = 'int main(void) { return 0; }\n';

/** Includes itself twice, and so on. */
const doubling = (levels: number, line = ''): string =>
  `#if __INCLUDE_LEVEL__ < ${levels}\n${line}\n#include __FILE__\n#include __FILE__\n#endif\n`;

const DEEP_TEMPLATES = 'template<int N> struct A { A<N + 1> next; };\nA<0> a;\n';
const MANY_TEMPLATES = `
template<int N, long K> struct A { static const long v = A<N - 1, 2 * K>::v + A<N - 1, 2 * K + 1>::v; };
template<long K> struct A<0, K> { static const long v = K; };
long v = A<40, 1>::v;
`;
const MACROS = Array.from({ length: 40 }, (_, index) => `#define A${index + 1} A${index} A${index}\n`).join(
  '',
);

interface Bomb {
  readonly what: string;
  readonly source: string;
  readonly ends: Readonly<Record<string, unknown>>;
  readonly says?: string;
  readonly compiler?: 'gcc' | 'g++';
  readonly limits?: JobInput['limits'];
}

const OUT_OF_MEMORY = { status: 'memory-exceeded', killedBy: 'memory' } as const;
const REFUSED = { status: 'nonzero-exit', exitCode: 1 } as const;
const TOO_DEEP = 'instantiation depth exceeds maximum';

const BOMBS: readonly Bomb[] = [
  { what: 'include of /dev/random', source: '#include "/dev/random"\n', ends: OUT_OF_MEMORY },
  { what: 'include of /dev/urandom', source: '#include "/dev/urandom"\n', ends: OUT_OF_MEMORY },
  { what: 'include of /dev/zero', source: '#include "/dev/zero"\n', ends: OUT_OF_MEMORY },
  { what: 'include of itself', source: '#include __FILE__\n', ends: REFUSED, says: 'nested depth' },
  {
    what: 'include that never ends',
    source: doubling(150),
    limits: { ...LIMITS, cpuTime: '1s' },
    ends: { status: 'cpu-time-exceeded', killedBy: 'cpu-time' },
  },
  {
    what: 'errors without end',
    source: doubling(24, '#error flood'),
    ends: { status: 'output-exceeded', killedBy: 'output' },
    says: '#error flood',
  },
  { what: 'macros of 2^40 words', source: `#define A0 x,\n${MACROS}int A40 y;\n`, ends: OUT_OF_MEMORY },
  { what: 'deep templates', compiler: 'g++', source: DEEP_TEMPLATES, ends: REFUSED, says: TOO_DEEP },
  {
    // Short of memory, a compiler may wait for the pages of its own program most of the time.
    what: 'many templates',
    compiler: 'g++',
    source: MANY_TEMPLATES,
    limits: { ...LIMITS, wallTime: '15s' },
    ends: { status: expect.stringMatching(/^(memory|wall-time)-exceeded$/) },
  },
  {
    what: 'array of 16 GiB',
    source: `char all[16ULL << 30] = {1};\n${MAIN}`,
    ends: REFUSED,
    says: 'No space left on device',
  },
  {
    what: 'code of 16 GiB',
    source: `__asm__(".fill 1 << 34, 1, 1");\n${MAIN}`,
    ends: REFUSED,
    says: 'No space left on device',
  },
];

const JOB = { command: ['./main'], expect: { exitCode: 0 } };

const jobOf = ({ what, source, compiler = 'gcc', limits = LIMITS }: Omit<Bomb, 'ends'>) => {
  const main = compiler === 'gcc' ? 'main.c' : 'main.cpp';
  const build = { command: [compiler, '-o', 'main', main], outputs: ['main'], limits };
  return { ...JOB, name: what, files: { [main]: { content: source } }, build };
};

/** Everything in this thread, so that its memory is what they take of Node. */
async function outcomesOf(
  jobs: readonly ReturnType<typeof jobOf>[],
  hotcell = cell.hotcell,
): Promise<Outcome[]> {
  const suite: SuiteInput = { name: 'compilers', jobs: [...jobs] };
  const outcomes: Outcome[] = [];
  for await (const outcome of hotcell.runSuite(suite, { workers: 0, budget: { cpus: 2 } }))
    outcomes.push(outcome);
  return outcomes;
}

const buildOf = (outcomes: readonly Outcome[], what: string): Outcome | undefined =>
  outcomes.find(({ job, role }) => job === what && role === 'build');

const GOOD = { what: 'good', source: MAIN };

describe('sources that take all there is', () => {
  let outcomes: readonly Outcome[] = [];
  let left: Readonly<Record<string, unknown>> = {};
  let grownBytes = 0;

  beforeAll(async () => {
    const mounts = mountLines().length;
    const before = new Set(sandboxProcesses().map(({ pid }) => pid));
    const own = () => sandboxProcesses().filter(({ pid }) => !before.has(pid));
    const hotcell = await createHotcell();
    await outcomesOf([jobOf(GOOD)], hotcell);
    const names = instanceNames(own());
    const residentBefore = residentBytes();
    const watch = setInterval(() => {
      grownBytes = Math.max(grownBytes, residentBytes() - residentBefore);
    }, 10);
    outcomes = await outcomesOf([...BOMBS, GOOD].map(jobOf), hotcell).finally(() => clearInterval(watch));
    await hotcell.close();
    await vi.waitFor(() => expect(own()).toEqual([]), SETTLED_WITHIN);
    left = {
      cgroups: cgroupDirectories(names),
      files: temporaryFiles(names),
      mounts: mountLines().length - mounts,
    };
  }, 120_000);

  test.each(BOMBS)('end their build by its limits: $what', ({ what, ends, says = '' }) => {
    const build = buildOf(outcomes, what);
    expect(build).toMatchObject({ ...ends, verdict: 'failed' });
    expect(build?.outputs.filter(({ bytes }) => bytes !== null)).toEqual([]);
    expect(JSON.stringify(build?.stderr)).toContain(says);
    expect(build?.stderr.bytes).toBeLessThanOrEqual(128 * 1024);
    expect(build?.metrics.memoryPeakBytes).toBeLessThanOrEqual(256 * 1024 ** 2);
  });

  test('have no case run, and spoil no other build', () => {
    const cases = outcomes.filter(({ role }) => role === 'program');
    const good = cases.find(({ job }) => job === GOOD.what);
    expect(good).toMatchObject({ verdict: 'passed', status: 'ok' });
    const others = cases.filter((outcome) => outcome !== good);
    expect(others).toHaveLength(BOMBS.length);
    for (const outcome of others)
      expect(outcome).toMatchObject({ verdict: 'skipped', message: 'not run: its build did not pass' });
  });

  test('take next to nothing of the memory of Node, and leave nothing', () => {
    expect(grownBytes).toBeLessThan(MOST_GROWTH_BYTES);
    expect(left).toEqual({ cgroups: [], files: [], mounts: 0 });
  });
});

describe('sources that would read the host', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'compilers-'));
    writeFileSync(join(directory, 'secret.h'), `int ${CANARY};\n`);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  /** Only root can be robbed of them. */
  const secretsOfTheHost = (): string[] =>
    (process.geteuid?.() === 0 ? readFileSync('/etc/shadow', 'utf8') : '')
      .split('\n')
      .flatMap((line) => [line, line.split(':')[1] ?? ''])
      .filter((text) => text.length > 8);

  test('see nothing of it', async () => {
    const paths = ['/etc/shadow', '../../../../etc/shadow', join(directory, 'secret.h'), '/root/.bashrc'];
    const sources = [
      ...paths.map((path) => ({ what: `include ${path}`, source: `#include "${path}"\n${MAIN}` })),
      ...paths.map((path) => ({
        what: `incbin ${path}`,
        source: `__asm__(".incbin \\"${path}\\"");\n${MAIN}`,
      })),
    ];
    const outcomes = await outcomesOf(sources.map((source) => jobOf(source)));
    for (const { what } of sources) {
      const build = buildOf(outcomes, what);
      expect(build, what).toMatchObject({ ...REFUSED, verdict: 'failed' });
      expect(JSON.stringify(build?.stderr), what).toMatch(/No such file|file not found|Permission denied/);
    }
    const all = JSON.stringify(outcomes);
    for (const secret of [CANARY, ...secretsOfTheHost()]) expect(all).not.toContain(secret);
  }, 60_000);

  test('see no environment but their own', async () => {
    const paths = ['/proc/self/environ', '/proc/1/environ'];
    const outcomes = await outcomesOf(
      paths.map((path) => jobOf({ what: `include ${path}`, source: `#include "${path}"\n` })),
    );
    for (const path of paths) expect(buildOf(outcomes, `include ${path}`)).toMatchObject(REFUSED);
    expect(JSON.stringify(outcomes)).not.toContain(CANARY);
  }, 60_000);
});
