import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/index.js';
import { connectLauncher, type LauncherConnection } from '../../src/launcher/index.js';
import { InlinePool, PiscinaPool, type Pool, type Watch } from '../../src/pool/index.js';
import { readHost } from '../../src/sandbox/index.js';
import type { JobInput, Outcome, Sample } from '../../src/spec/index.js';
import { caseOf, NO_IMAGES, programOf, textExpectation } from '../support/cases.js';
import { publish, useCell } from '../support/cell.js';

const cell = useCell();

const SOURCES = new URL('../../src/engine/pool-thread.ts', import.meta.url);
const BUILT = new URL('../../dist/engine/pool-thread.js', import.meta.url);

const sh = (script: string, rest: Partial<JobInput> = {}): JobInput => ({
  command: ['/bin/sh', '-c', script],
  ...rest,
});

const threads = (threadUrl: URL): Pool =>
  new PiscinaPool({ threadUrl, data: { address: cell.hotcell.address }, tasks: 16, workers: 2 });

/** The connection is the pool's context's; it is made again for each file of tests. */
let connection: LauncherConnection;
beforeAll(async () => {
  connection = await connectLauncher(cell.hotcell.address);
});
afterAll(async () => {
  connection.close();
  await connection.closed;
});

const inline = (): Pool =>
  new InlinePool({
    context: { backend: async () => connection, host: readHost(), clock: systemClock, images: NO_IMAGES },
    tasks: 16,
  });

const POOLS: readonly [string, () => Pool][] = [
  ['threads from sources', () => threads(SOURCES)],
  ['threads as built', () => threads(BUILT)],
  ['inline', inline],
];

const never = (): AbortSignal => new AbortController().signal;

function run(
  pool: Pool,
  program: JobInput,
  { watch = {}, ...rest }: Partial<Parameters<typeof caseOf>[0]> & { watch?: Partial<Watch> } = {},
): Promise<Outcome> {
  const task = { suite: 'suite', case: caseOf({ program, ...rest }), built: {}, attempt: 1, repeat: 1 };
  return pool.case(task, { signal: never(), ...watch });
}

describe.each(POOLS)('%s', (_, makePool) => {
  let pool: Pool;
  beforeAll(() => {
    pool = makePool();
  });
  afterAll(() => pool.close());

  it('run and judge cases', async () => {
    const expected = { stdout: textExpectation('right\n') };
    const [right, wrong, limited] = await Promise.all([
      run(pool, sh('echo right'), { expect: expected }),
      run(pool, sh('echo wrong'), { expect: expected }),
      run(pool, sh('while :; do :; done', { limits: { cpuTime: '20ms' } })),
    ]);
    expect(right).toMatchObject({ verdict: 'passed', status: 'ok', suite: 'suite', final: true });
    expect(right.worker).not.toBeNull();
    expect(wrong).toMatchObject({ verdict: 'failed', differences: [{ what: 'stdout', line: 1 }] });
    expect(limited).toMatchObject({ verdict: 'failed', status: 'cpu-time-exceeded' });
  });

  it('give a job’s error its code', async () => {
    const job = sh('true', { files: { a: { path: '/does/not/exist' } } });
    await expect(run(pool, job)).rejects.toMatchObject({ name: 'HotcellError', code: 'invalid-spec' });
  });

  it('cancel what is under way', async () => {
    const cancel = new AbortController();
    const outcome = await run(pool, sh('sleep 60'), {
      watch: { signal: cancel.signal, onStarted: () => cancel.abort() },
    });
    expect(outcome).toMatchObject({ status: 'cancelled', verdict: 'skipped' });
  });

  it('tell what a run uses while it is under way', async () => {
    const samples: Sample[] = [];
    const outcome = await run(pool, sh('sleep 0.3'), {
      watch: { sampleIntervalMs: 20, onSample: (sample) => samples.push(sample) },
    });
    expect(samples.length).toBeGreaterThan(3);
    const taken = outcome.series?.atMs.length ?? 0;
    expect([taken, taken - 1]).toContain(samples.length);
  });

  it('run more than fit at a time', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, id) => run(pool, sh(`exit ${id % 3}`))),
    );
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual(outcomes.map((_, id) => id % 3));
    expect(new Set(outcomes.map(({ id }) => id)).size).toBe(100);
  });
});

describe('a build', () => {
  it('is made in one thread and used in others', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'hotcell-pool-test-'));
    const pool = threads(SOURCES);
    const job = programOf(sh('echo "echo built" > made; chmod 755 made', { outputs: ['made'] })).job;
    const build = { id: 'b', name: 'maker', job };
    const { outcome, files } = await pool.build({ suite: 'suite', build, directory }, { signal: never() });
    expect(outcome).toMatchObject({ verdict: 'passed', role: 'build' });
    const item = caseOf({
      program: sh('./made'),
      build: 'b',
      expect: { stdout: textExpectation('built\n') },
    });
    const runs = await Promise.all(
      [1, 2, 3, 4].map((repeat) =>
        pool.case(
          { suite: 'suite', case: item, built: { b: files }, attempt: 1, repeat },
          { signal: never() },
        ),
      ),
    );
    expect(runs.map(({ verdict, worker }) => [verdict, worker]).sort()).toEqual([
      ['passed', 0],
      ['passed', 0],
      ['passed', 1],
      ['passed', 1],
    ]);
    await pool.close();
    rmSync(directory, { recursive: true });
  });
});

describe('a launcher that dies', () => {
  it('takes nothing along: what ran is run again', async () => {
    const pool = threads(SOURCES);
    await run(pool, sh('true'));
    let left = 10;
    const onStarted = (): void => {
      if (--left === 0) process.kill(cell.hotcell.launcherPid, 'SIGKILL');
    };
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, () => run(pool, sh('sleep 0.05; echo done'), { watch: { onStarted } })),
    );
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(Array(40).fill('passed'));
    await pool.close();
  });
});

describe('what it costs', () => {
  it('is little beside a run of the library', async () => {
    const pool = threads(BUILT);
    const job = sh('exit 0');
    const rate = async (runOne: () => Promise<Outcome>): Promise<number> => {
      const startedMs = performance.now();
      let left = 300;
      const lane = async (): Promise<void> => {
        while (left-- > 0) expect((await runOne()).status).toBe('ok');
      };
      await Promise.all(Array.from({ length: 8 }, lane));
      return (300 * 1000) / (performance.now() - startedMs);
    };
    await rate(() => run(pool, job));
    const rows = [];
    for (let round = 0; round < 3; round++) {
      const library = await rate(() => cell.hotcell.run(job));
      const threaded = await rate(() => run(pool, job));
      rows.push({ library, threaded, share: threaded / library });
    }
    publish('runs a second', rows);
    expect(Math.max(...rows.map(({ share }) => share))).toBeGreaterThan(0.8);
    await pool.close();
  });
});
