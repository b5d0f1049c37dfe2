import { describe, expect, it } from 'vitest';
import { HotcellError, systemClock } from '../../../../src/core/index.js';
import { keyOf } from '../../../../src/engine/suites/key.js';
import type { SuiteEvent, SuiteRunOptions } from '../../../../src/engine/suites/options.js';
import { runSuites } from '../../../../src/engine/suites/run-suites.js';
import { worksOf } from '../../../../src/engine/suites/tasks.js';
import type { Pool, Watch } from '../../../../src/pool/index.js';
import { type Outcome, parseJob, type Suite } from '../../../../src/spec/index.js';
import type { BuildTask, CaseTask } from '../../../../src/worker/index.js';
import { exampleOutcome } from '../../spec/example-outcome.js';
import { suiteOf } from './support.js';

type Verdict = Outcome['verdict'];

const outcomeOf = ({ suite, case: item, attempt, repeat }: CaseTask, verdict: Verdict): Outcome => ({
  ...exampleOutcome,
  id: `${suite}/${item.job}/${item.case ?? ''}/${attempt}/${repeat}`,
  suite,
  job: item.job,
  case: item.case,
  attempt,
  repeat,
  verdict,
  failures: verdict === 'failed' ? ['exit code 1'] : [],
});

interface Fake {
  readonly run?: (task: CaseTask, watch: Watch) => Promise<Verdict> | Verdict;
  readonly build?: (task: BuildTask) => Verdict;
}

function poolOf({ run = () => 'passed', build = () => 'passed' }: Fake, tasks: CaseTask[]): Pool {
  return {
    case: async (task, watch) => {
      tasks.push(task);
      watch.onStarted?.(0);
      return outcomeOf(task, await run(task, watch));
    },
    build: async (task, watch) => {
      watch.onStarted?.(0);
      const names = { suite: task.suite, job: task.build.name } as const;
      return {
        outcome: { ...exampleOutcome, ...names, role: 'build', verdict: build(task) },
        files: [{ dest: 'prog', path: '/built/prog', mode: 0o755 }],
      };
    },
    close: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function start(suites: readonly Suite[], fake: Fake = {}, options: SuiteRunOptions = {}) {
  const tasks: CaseTask[] = [];
  const events: SuiteEvent[] = [];
  const run = runSuites(
    suites,
    { budget: { cpus: 2, memoryBytes: 2 ** 40 }, onEvent: (event) => events.push(event), ...options },
    {
      id: 'run1',
      version: '0.0.0',
      tier: 'T1',
      clock: systemClock,
      concurrency: 4,
      readFiles: async (job) => job,
      startPool: async () => poolOf(fake, tasks),
    },
  );
  return { run, tasks, events };
}

async function all(run: AsyncIterable<Outcome>): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for await (const outcome of run) outcomes.push(outcome);
  return outcomes;
}

const jobs = (count: number) => Array.from({ length: count }, (_, index) => ({ job: `j${index}` }));

describe('runSuites', () => {
  it('gives each outcome, and a summary', async () => {
    const { run } = start([suiteOf('s', jobs(5)), suiteOf('t', jobs(3))]);
    const outcomes = await all(run);
    expect(outcomes.map(({ suite, job }) => `${suite}/${job}`).sort()).toEqual([
      ...jobs(5).map(({ job }) => `s/${job}`),
      ...jobs(3).map(({ job }) => `t/${job}`),
    ]);
    expect(await run.summary).toMatchObject({ total: 8, ok: true, stopped: null, verdicts: { passed: 8 } });
  });

  it('goes on without a reader, and tells reporters in order', async () => {
    const told: string[] = [];
    const reporter = {
      onStart: () => void told.push('start'),
      onOutcome: async ({ job }: Outcome) => {
        await Promise.resolve();
        told.push(job);
      },
      onEnd: () => void told.push('end'),
    };
    const { run } = start([suiteOf('s', jobs(2))], {}, { reporters: [reporter] });
    expect((await run.summary).total).toBe(2);
    expect([told[0], told.at(-1), told.length]).toEqual(['start', 'end', 4]);
  });

  it('tries again what did not pass, keeps all attempts, and names what is flaky', async () => {
    const { run } = start([suiteOf('s', [{ job: 'a', retries: 3 }, { job: 'b' }])], {
      run: ({ case: item, attempt }) => (item.job === 'a' && attempt < 3 ? 'failed' : 'passed'),
    });
    const attempts = (await all(run)).filter(({ job }) => job === 'a');
    expect(attempts.map(({ attempt, final, verdict }) => [attempt, final, verdict])).toEqual([
      [1, false, 'failed'],
      [2, false, 'failed'],
      [3, true, 'passed'],
    ]);
    expect(await run.summary).toMatchObject({ ok: true, total: 2, flaky: ['s › a'] });
  });

  it('gives up after the last attempt', async () => {
    const { run, tasks } = start([suiteOf('s', jobs(1))], { run: () => 'failed' }, { retries: 2 });
    expect(await run.summary).toMatchObject({ ok: false, verdicts: { failed: 1 } });
    expect(tasks.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  });

  it('skips what needs something that did not pass, and says what', async () => {
    const suite = suiteOf('s', [{ job: 'a' }, { job: 'b', needs: ['a'] }, { job: 'c', needs: ['b'] }]);
    const { run } = start([suite], { run: () => 'failed' });
    const [, b, c] = (await all(run)).sort((one, other) => (one.job < other.job ? -1 : 1));
    expect([b?.verdict, b?.status, b?.message]).toEqual([
      'skipped',
      'cancelled',
      'not run: s › a did not pass',
    ]);
    expect(c?.message).toBe('not run: s › b did not pass');
    expect(await run.summary).toMatchObject({ ok: false, verdicts: { failed: 1, skipped: 2 } });
  });

  const build = { id: 'b1', name: 'a', job: parseJob({ command: ['cc'], outputs: ['prog'] }) };
  const built = suiteOf(
    's',
    ['x', 'y'].map((name) => ({
      job: 'a',
      case: name,
      program: { job: parseJob({ command: ['./prog'] }), build: 'b1' },
    })),
    [build],
  );

  it('builds once, and gives what was built to every case', async () => {
    let builds = 0;
    const { run, tasks } = start([built], {
      build: () => {
        builds++;
        return 'passed';
      },
    });
    expect((await all(run)).map(({ role }) => role)).toEqual(['build', 'program', 'program']);
    expect(builds).toBe(1);
    expect(tasks.map((task) => task.built)).toEqual(
      [1, 2].map(() => ({ b1: [{ dest: 'prog', path: '/built/prog', mode: 0o755 }] })),
    );
  });

  it('says that it builds and has built, whatever comes of it', async () => {
    const verdicts: (() => Verdict)[] = [
      () => 'passed',
      () => 'failed',
      () => {
        throw new Error('broke');
      },
    ];
    for (const build of verdicts) {
      const { run, events } = start([built], { build });
      await run.summary;
      const started = events.find((event) => event.kind === 'started' && event.role === 'build');
      expect(started).toMatchObject({ title: 's › a' });
      const finished = events.filter((event) => event.kind === 'finished' && event.outcome.role === 'build');
      expect(finished).toMatchObject([{ key: started?.kind === 'started' ? started.key : '' }]);
    }
  });

  it('skips the cases of a build that failed', async () => {
    const { run, tasks } = start([built], { build: () => 'failed' });
    const outcomes = await all(run);
    expect(outcomes.map(({ role, verdict }) => `${role} ${verdict}`)).toEqual([
      'build failed',
      'program skipped',
      'program skipped',
    ]);
    expect(outcomes[1]?.message).toBe('not run: its build did not pass');
    expect(tasks).toEqual([]);
    expect(await run.summary).toMatchObject({ ok: false, failedBuilds: 1 });
  });

  it('makes an error of what could not be carried out, and never a pass', async () => {
    const { run } = start([suiteOf('s', jobs(2))], {
      run: ({ case: item }) => {
        if (item.job === 'j0') throw new HotcellError({ code: 'isolation-unavailable', message: 'no root' });
        throw new Error('broken');
      },
    });
    const outcomes = (await all(run)).sort((a, b) => (a.job < b.job ? -1 : 1));
    expect(outcomes.map(({ status, verdict, message }) => [status, verdict, message])).toEqual([
      ['start-failed', 'error', 'no root'],
      ['internal-error', 'error', 'broken'],
    ]);
    expect((await run.summary).ok).toBe(false);
  });

  it('stops after enough have failed', async () => {
    const { run, tasks } = start([suiteOf('s', jobs(50))], { run: () => 'failed' }, { bail: 3 });
    const summary = await run.summary;
    expect(summary).toMatchObject({ total: 50, ok: false, stopped: 'bail' });
    expect(tasks.length).toBeLessThan(10);
    expect(summary.verdicts.skipped).toBe(50 - tasks.length);
  });

  it('cancels what runs, and tells of everything', async () => {
    const abort = new AbortController();
    const { run } = start(
      [suiteOf('s', jobs(10))],
      {
        run: (_, { signal }) => {
          abort.abort();
          return signal.aborted
            ? 'skipped'
            : new Promise((resolve) => signal.addEventListener('abort', () => resolve('skipped')));
        },
      },
      { signal: abort.signal },
    );
    expect((await all(run)).map(({ verdict }) => verdict)).toEqual(Array(10).fill('skipped'));
    expect(await run.summary).toMatchObject({ stopped: 'cancelled', ok: false });
  });

  it('lets what runs finish when it is only to stop', async () => {
    const stop = new AbortController();
    const { run } = start(
      [suiteOf('s', jobs(10))],
      {
        run: () => {
          stop.abort();
          return 'passed';
        },
      },
      { stop: stop.signal },
    );
    const { verdicts, stopped } = await run.summary;
    expect(stopped).toBe('cancelled');
    expect(verdicts.passed).toBeGreaterThan(0);
    expect(verdicts.passed + verdicts.skipped).toBe(10);
  });

  it('takes what an earlier run has done, and does not run it again', async () => {
    const suite = suiteOf('s', [{ job: 'a' }, { job: 'b', needs: ['a'] }]);
    const a = suite.cases[0];
    if (a === undefined) throw new Error('no case');
    const earlier: Outcome = { ...exampleOutcome, suite: 's', job: 'a', case: null, verdict: 'passed' };
    const { run, tasks } = start([suite], {}, { done: new Map([[keyOf('s', a, 1), earlier]]) });
    expect((await all(run)).map(({ job }) => job).sort()).toEqual(['a', 'b']);
    expect(tasks.map(({ case: item }) => item.job)).toEqual(['b']);
  });

  it('fails a passed outcome that a checker in TypeScript finds wrong', async () => {
    const checkers = [({ job }: Outcome) => (job === 'j1' ? ['ugly'] : [])];
    const { run } = start([suiteOf('s', jobs(2))], {}, { checkers });
    const failed = (await all(run)).filter(({ verdict }) => verdict === 'failed');
    expect(failed.map(({ job, failures }) => [job, failures])).toEqual([['j1', ['ugly']]]);
  });

  it('goes on when a reporter fails, tells the others everything, and then says so', async () => {
    const told: string[] = [];
    const reporters = [
      {
        onOutcome: () => {
          throw new Error('disk full');
        },
      },
      { onOutcome: ({ job }: Outcome) => void told.push(job), onEnd: () => void told.push('end') },
    ];
    const { run } = start([suiteOf('s', jobs(3))], {}, { reporters });
    await expect(run.summary).rejects.toThrow('disk full');
    expect(told.sort()).toEqual(['end', 'j0', 'j1', 'j2']);
  });

  it('is cancelled when its reader leaves', async () => {
    const { run, tasks } = start([suiteOf('s', jobs(1000))]);
    for await (const outcome of run) if (outcome.verdict === 'passed') break;
    const summary = await run.summary;
    expect(summary.stopped).toBe('cancelled');
    expect(tasks.length).toBeLessThan(100);
  });

  it('says of each case that it starts and that it is over', async () => {
    const { run, events } = start([suiteOf('s', jobs(3))]);
    await run.summary;
    expect(events.map(({ kind }) => kind).sort()).toEqual(
      ['finished', 'finished', 'finished', 'start', 'started', 'started', 'started'].sort(),
    );
  });

  it('names all cases that can never fit, before anything starts', () => {
    const program = { job: parseJob({ command: ['x'], limits: { cpus: 64 } }), build: null };
    const suite = suiteOf('s', [{ job: 'big', program }, { job: 'fits' }, { job: 'huge', program }]);
    const line = (name: string) =>
      `"s › ${name}" can never run: it needs 64 CPUs, and all jobs together may use 2`;
    expect(() => start([suite])).toThrow(`${line('big')}\n${line('huge')}`);
  });

  it.each<[SuiteRunOptions, string]>([
    [{ repeat: 0 }, 'repeat: 0'],
    [{ repeat: Number.NaN }, 'repeat: NaN'],
    [{ repeat: 1.5 }, 'repeat: 1.5'],
    [{ retries: Number.NaN }, 'retries: NaN'],
    [{ bail: 0 }, 'bail: 0'],
    [{ timeoutMs: -1 }, 'timeoutMs: -1'],
    [{ workers: 65 }, 'workers: 65'],
    [{ sampleIntervalMs: 5 }, 'sampleIntervalMs: 5'],
    [{ budget: { cpus: 0 } }, 'budget.cpus: 0'],
    [{ repeat: 999_999 }, '2999997 cases in one run'],
  ])('refuses %j', (options, message) => {
    expect(() => start([suiteOf('s', jobs(3))], {}, options)).toThrow(message);
  });

  it('does not call a run good in which something was skipped', async () => {
    const { run } = start([suiteOf('s', jobs(2))], {
      run: ({ case: { job } }) => (job === 'j0' ? 'skipped' : 'passed'),
    });
    expect(await run.summary).toMatchObject({
      ok: false,
      stopped: null,
      verdicts: { passed: 1, skipped: 1 },
    });
  });

  it('loses nothing when its reader begins late', async () => {
    const { run } = start([suiteOf('s', jobs(3))]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await all(run)).toHaveLength(3);
  });

  it('refuses a reader once it runs without one', async () => {
    const { run } = start([suiteOf('s', jobs(3))]);
    await run.summary;
    await expect(all(run)).rejects.toThrow('the run has begun without a reader');
  });

  it('counts attempts that broke', async () => {
    const { run } = start(
      [suiteOf('s', jobs(1))],
      { run: () => Promise.reject(new Error('broken')) },
      { retries: 1 },
    );
    expect((await all(run)).map(({ attempt, final, verdict }) => [attempt, final, verdict])).toEqual([
      [1, false, 'error'],
      [2, true, 'error'],
    ]);
  });

  it('keeps the outcome of a case whose checker in TypeScript breaks', async () => {
    const checkers = [
      () => {
        throw new Error('oops');
      },
    ];
    const { run } = start([suiteOf('s', jobs(1))], {}, { checkers });
    expect((await all(run)).map(({ status, verdict, message }) => [status, verdict, message])).toEqual([
      ['ok', 'error', 'a checker broke: oops'],
    ]);
  });

  it('ends for its reader although a reporter cannot even be broken off', async () => {
    const reporter = {
      onStart: () => {
        throw new Error('no disk');
      },
      onOutcome: () => undefined,
      onAbort: () => {
        throw new Error('worse');
      },
    };
    const { run } = start([suiteOf('s', jobs(1))], {}, { reporters: [reporter] });
    await expect(all(run)).rejects.toThrow('no disk');
  });

  it('takes a chain of needs of any length, with filter and shard', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => ({
      job: `j${index}`,
      needs: index === 0 ? [] : [`j${index - 1}`],
    }));
    const filter = ({ job }: { job: string }) => job === 'j19999';
    expect(() => start([suiteOf('s', chain)], {}, { filter, shard: { index: 1, count: 3 } })).not.toThrow();
  });

  it('starts a build as soon as its most urgent case would', () => {
    const urgent = suiteOf(
      's',
      built.cases.map((item, index) => ({ ...item, priority: index * 2000 })),
      [build],
    );
    const selected = urgent.cases.map((item) => ({ suite: urgent, case: item, repeat: 1 }));
    expect(worksOf(selected).map(({ kind, priority }) => [kind, priority])).toEqual([
      ['build', 2000],
      ['case', 0],
      ['case', 2000],
    ]);
  });

  it('counts an interactor as a run of its own', () => {
    const program = { job: parseJob({ command: ['x'] }), build: null };
    const suite = suiteOf('s', [{ job: 'alone' }, { job: 'talks', interactor: program }]);
    const selected = suite.cases.map((item) => ({ suite, case: item, repeat: 1 }));
    expect(worksOf(selected).map(({ weight }) => weight)).toEqual([1, 2]);
  });
});

describe('a watcher that throws', () => {
  it.each(['start', 'started', 'finished'])(
    'at %s costs the cases nothing, and comes out at the end',
    async (kind) => {
      const told: Outcome[] = [];
      let ended = 0;
      const onEvent = (event: SuiteEvent): void => {
        if (event.kind === kind) throw new Error('cannot draw');
      };
      const reporter = {
        onOutcome: (outcome: Outcome) => void told.push(outcome),
        onEnd: () => void ended++,
      };
      const suite = suiteOf('s', [
        { job: 'j', case: 'a' },
        { job: 'j', case: 'b' },
      ]);
      const { run } = start([suite], {}, { onEvent, reporters: [reporter] });
      await expect(run.summary).rejects.toThrow('cannot draw');
      expect(told.map(({ case: name, verdict }) => [name, verdict]).sort()).toEqual([
        ['a', 'passed'],
        ['b', 'passed'],
      ]);
      expect(ended).toBe(1);
    },
  );
});
