import { beforeAll, describe, expect, test } from 'vitest';
import { Semaphore } from '../../src/core/index.js';
import type { Outcome, Suite } from '../../src/spec/index.js';
import { useJudging } from '../support/cases.js';
import {
  type Built,
  judgeSubmission,
  judgingSuites,
  type Submission,
  submissionsOf,
  tagOf,
} from '../support/submissions.js';

const judging = useJudging();

const REPEATS = 20;

/** Programs that work share the CPUs; those that only wait need none. */
const working = new Semaphore(4);
const waiting = new Semaphore(32);

let suites: Suite[] = [];
let built: Built = new Map();

async function buildAll(): Promise<Built> {
  const builds = suites.flatMap((suite) => suite.builds);
  const entries = await Promise.all(
    builds.map(async (build) => {
      const release = await working.acquire();
      const { outcome, files } = await judging.build(build).finally(release);
      if (outcome.verdict !== 'passed' && outcome.status !== 'nonzero-exit')
        throw new Error(`${build.name}: ${outcome.status}: ${JSON.stringify(outcome.stderr)}`);
      return [build.id, outcome.verdict === 'passed' ? files : 'compile-error'] as const;
    }),
  );
  return new Map(entries);
}

beforeAll(async () => {
  suites = await judgingSuites(judging.directory);
  built = await buildAll();
}, 600_000);

async function judged(submission: Submission): Promise<string> {
  const release = await (submission.wanted === 'idle' ? waiting : working).acquire();
  return await judgeSubmission(judging, submission, built).finally(release);
}

describe('submissions', () => {
  test('are many, in several languages, and of every kind of verdict', () => {
    const submissions = suites.flatMap(submissionsOf);
    const kinds = new Set(submissions.map(({ wanted }) => wanted));
    const [always] = suites;
    expect(always === undefined ? 0 : submissionsOf(always).length).toBeGreaterThanOrEqual(40);
    const signals = ['ABRT', 'BUS', 'FPE', 'HUP', 'ILL', 'KILL', 'PIPE', 'SEGV', 'TERM', 'TRAP', 'XFSZ'];
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        ...[
          'accepted',
          'wrong-answer',
          'compile-error',
          'time-limit',
          'memory-limit',
          'output-limit',
          'idle',
        ],
        ...signals.map((signal) => `runtime-error-SIG${signal}`),
        'runtime-error-exit-3',
      ]),
    );
  });

  test('are judged right in the threads of a run of suites', async () => {
    const outcomes: Outcome[] = [];
    // Many only wait, and at no time do so many others work that one would not come to an end.
    const run = judging.cell.hotcell.runSuites(suites, { workers: 2, budget: { cpus: 16 } });
    for await (const outcome of run) outcomes.push(outcome);
    const of = (suite: Suite) => submissionsOf(suite).map((one) => ({ suite, one }));
    const submissions = suites.flatMap(of);
    expect(submissions.map(({ suite, one }) => `${one.name}: ${tagOf(outcomes, one, suite)}`)).toEqual(
      submissions.map(({ one: { name, wanted } }) => `${name}: ${wanted}`),
    );
    const workers = new Set(outcomes.flatMap(({ worker }) => worker ?? []));
    expect(workers.size).toBe(2);
    expect(await run.summary).toMatchObject({
      total: suites.flatMap(({ cases }) => cases).length,
      failedBuilds: outcomes.filter(({ role, verdict }) => role === 'build' && verdict !== 'passed').length,
      verdicts: { error: 0 },
      stopped: null,
      ok: false,
    });
  }, 600_000);

  test(`are judged right, ${REPEATS} times in a row`, async () => {
    const submissions = suites.flatMap(submissionsOf);
    const rounds = Array.from({ length: REPEATS }, () => submissions).flat();
    const verdicts = await Promise.all(
      rounds.map(async (submission) => `${submission.name}: ${await judged(submission)}`),
    );
    expect(verdicts).toEqual(rounds.map(({ name, wanted }) => `${name}: ${wanted}`));
  }, 600_000);
});
