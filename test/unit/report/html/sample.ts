/** A run as it might have been: two suites, four workers, everything that a report has to show. */
import type { Companion, Outcome, Series } from '../../../../src/spec/index.js';
import { outcomeOf, written } from '../support.js';

/** The same numbers in every run of the tests; see https://en.wikipedia.org/wiki/Lehmer_random_number_generator. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const MIB = 2 ** 20;
const BEGIN_MS = Date.parse('2026-01-02T03:04:05.000Z');
const iso = (ms: number): string => new Date(BEGIN_MS + ms).toISOString();

export const DIFF = [
  'stdout differs at line 3, column 9 (- expected, + written; compared by lines)',
  '  1 | reading 3 numbers',
  '  2 | checking order',
  '- 3 | the sum 4,294,967,296',
  '+ 3 | the sum 0·',
  '              ^',
].join('\n');

export const SUM_DIFFERENCE: Outcome['differences'][number] = {
  what: 'stdout',
  compare: 'lines',
  line: 3,
  column: 9,
  expected: 'the sum 4,294,967,296',
  actual: 'the sum 0·',
  text: DIFF,
};

export function seriesOf(samples: number, random: () => number): Series {
  const steps = Array.from({ length: samples }, (_, index) => index);
  let cpuMs = 0;
  return {
    intervalMs: 50,
    atMs: steps.map((step) => step * 50),
    cpuMs: steps.map(() => (cpuMs += 50 * Math.min(1, 0.4 + random() * 0.7))),
    memoryBytes: steps.map((step) => 4 * MIB + (step / samples) ** 2 * 220 * MIB + random() * 4 * MIB),
    pids: steps.map((step) => (step > samples / 3 ? 5 : 1)),
  };
}

const metricsOf = (wallMs: number, share: number, memoryBytes: number): Outcome['metrics'] => ({
  ...outcomeOf().metrics,
  wallMs,
  cpuMs: wallMs * share,
  cpuUserMs: wallMs * share * 0.8,
  cpuSystemMs: wallMs * share * 0.2,
  memoryPeakBytes: Math.round(memoryBytes),
  pidsPeak: 1,
});

const CRASH = [
  '\u001b[1m\u001b[31merror\u001b[0m: index out of bounds: the len is 3 but the index is 7',
  '  \u001b[34m-->\u001b[0m src/main.rs:14:9',
  '\u001b[33mnote\u001b[0m: run with \u001b[1mRUST_BACKTRACE=1\u001b[0m to see more\r\n',
].join('\n');

const COMPILER = [
  'main.c: In function ‘main’:',
  'main.c:7:12: \u001b[1;31merror:\u001b[0m ‘totl’ undeclared (first use in this function); did you mean ‘total’?',
  '    7 |     return totl;',
  '      |            \u001b[1;31m^~~~\u001b[0m',
  '',
].join('\n');

export const checker = (over: Partial<Companion> = {}): Companion => {
  const {
    suite: _s,
    case: _c,
    attempt: _a,
    repeat: _r,
    final: _f,
    worker: _w,
    labels: _l,
    differences: _d,
    companions: _k,
    series: _e,
    ...ran
  } = outcomeOf();
  return {
    ...ran,
    role: 'checker',
    job: 'check-sum',
    status: 'nonzero-exit',
    verdict: 'failed',
    exitCode: 1,
    stderr: written('line 2: expected a prime, got 91 = 7 × 13\n'),
    ...over,
  };
};

/** What can happen, in turn; most pass. */
const ENDINGS: readonly (() => Partial<Outcome>)[] = [
  () => ({
    verdict: 'failed',
    failures: ['stdout differs at line 3, column 9 (- expected, + written; compared by lines)'],
    stdout: written('reading 3 numbers\nchecking order\nthe sum 0 \n'),
    differences: [SUM_DIFFERENCE],
  }),
  () => ({
    status: 'signaled',
    verdict: 'failed',
    exitCode: null,
    signal: 'SIGABRT',
    killedBy: 'signal',
    failures: ['status signaled (SIGABRT), expected ok'],
    stderr: written(CRASH),
  }),
  () => ({
    status: 'memory-exceeded',
    verdict: 'failed',
    exitCode: null,
    killedBy: 'memory',
    failures: ['status memory-exceeded (used 256MiB of 256MiB), expected ok'],
    metrics: { ...metricsOf(2480, 0.7, 256 * MIB), oomKills: 1, pidsPeak: 5 },
    series: seriesOf(50, randomNumbers(3)),
  }),
  () => ({
    verdict: 'failed',
    failures: ['checker: line 2: expected a prime, got 91 = 7 × 13'],
    companions: [checker()],
    stdout: written('89\n91\n97\n'),
  }),
  () => ({
    status: 'cpu-time-exceeded',
    verdict: 'failed',
    exitCode: null,
    killedBy: 'cpu-time',
    failures: ['status cpu-time-exceeded (used 2s of 2s), expected ok'],
    metrics: metricsOf(2013, 0.996, 3 * MIB),
    series: seriesOf(40, randomNumbers(5)),
  }),
  () => ({
    status: 'internal-error',
    verdict: 'error',
    exitCode: null,
    message: 'launcher went away while the program ran (step wait, EPIPE); tried 3 times',
  }),
  () => ({
    status: 'cancelled',
    verdict: 'skipped',
    exitCode: null,
    message: 'not run: its build "primes[lang=c]" did not pass',
    metrics: {
      ...metricsOf(0, 0, 0),
      wallMs: null,
      cpuMs: null,
      memoryPeakBytes: null,
      pidsPeak: null,
      diskUsedBytes: null,
    },
    stdout: written(''),
    worker: null,
  }),
];

const JOBS = ['sum', 'primes[lang=c]', 'primes[lang=rust]', 'sort', 'guess'] as const;
const CASES = [
  'small',
  'large',
  'empty-input',
  'negative',
  'overflow',
  'many-duplicates',
  'unicode',
] as const;

/** @param every one of so many does not simply pass */
export function sampleOutcomes(total: number, every = 6): Outcome[] {
  const random = randomNumbers(42);
  const freeAt = [64, 0, 0, 0];
  return Array.from({ length: total }, (_, index): Outcome[] => {
    const worker = freeAt.indexOf(Math.min(...freeAt));
    const wallMs = Math.exp(1 + random() * 5.5);
    const isRetried = index % 17 === 4 && index % every !== every - 1;
    const base = outcomeOf({
      id: `run${index}`,
      suite: index % 3 === 0 ? 'suites/basic.suite.yaml' : 'suites/algorithms.suite.yaml',
      job: JOBS[index % JOBS.length] ?? '',
      case: `${CASES[index % CASES.length]}-${Math.floor(index / CASES.length) + 1}`,
      metrics: metricsOf(wallMs, 0.2 + random() * 0.75, Math.exp(random() * 5) * MIB * 0.8),
      labels: index % 4 === 0 ? { team: 'compilers' } : {},
      stdout: written(`reading ${index} numbers\nchecking order\nthe sum ${index * 17}\n`),
      outputs: [],
      worker,
    });
    const ending =
      index % every === every - 1 ? ENDINGS[Math.floor(index / every) % ENDINGS.length] : undefined;
    const outcome = { ...base, ...ending?.() };
    const begin = freeAt[worker] ?? 0;
    const end = begin + (outcome.metrics.wallMs ?? 0) + 2;
    if (outcome.verdict !== 'skipped') freeAt[worker] = end + 1;
    const timed = { ...outcome, startedAt: iso(begin), finishedAt: iso(end) };
    if (!isRetried) return [timed];
    const again = { startedAt: iso(end + 1), finishedAt: iso(end + 1 + end - begin) };
    freeAt[worker] = end + 2 + end - begin;
    return retried(timed, again);
  }).flat();
}

/** The same case again, after an attempt that did not pass. */
function retried(outcome: Outcome, again: Pick<Outcome, 'startedAt' | 'finishedAt'>): Outcome[] {
  const first: Outcome = {
    ...outcome,
    id: `${outcome.id}-1`,
    status: 'nonzero-exit',
    verdict: 'failed',
    exitCode: 75,
    failures: ['status nonzero-exit (exit code 75), expected ok'],
    stderr: written('connection to 127.0.0.1:4317 refused\n'),
    final: false,
  };
  return [first, { ...outcome, ...again, attempt: 2 }];
}

export const failedBuild = (): Outcome =>
  outcomeOf({
    id: 'build',
    role: 'build',
    suite: 'suites/algorithms.suite.yaml',
    job: 'primes[lang=c]',
    case: null,
    stdout: written(''),
    status: 'nonzero-exit',
    verdict: 'failed',
    exitCode: 1,
    failures: ['status nonzero-exit (exit code 1), expected ok'],
    stderr: written(COMPILER),
    metrics: metricsOf(61, 0.9, 31 * MIB),
    startedAt: iso(0),
    finishedAt: iso(61),
  });

export const SAMPLE_START = {
  suites: ['suites/basic.suite.yaml', 'suites/algorithms.suite.yaml'],
  workers: 4,
} as const;

export const sampleRun = (total = 60): Outcome[] => [failedBuild(), ...sampleOutcomes(total)];
