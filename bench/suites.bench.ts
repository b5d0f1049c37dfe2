/**
 * What suites cost beyond their runs: full-isolation cases with reports beside the same runs through `cell.run`, and the
 * scheduler alone. `npm run bench:suites`; with `-- --quick` a tenth of it. Prints the tables of docs/performance.md.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';
import type { Hotcell, JobInput } from '../src/engine/index.js';
import { Scheduler, type Task } from '../src/schedule/index.js';
import { program } from '../test/support/programs.js';
import { quantile, throughput } from './measure.js';

/** As it is installed: threads that translate TypeScript first would be measured with it. `npm run build:ts` comes before. */
const built = async <Module>(path: string): Promise<Module> =>
  (await import(new URL(`../dist/${path}`, import.meta.url).href)) as Module;

const { createHotcell, createThreadedReporters, parseSuite } =
  await built<typeof import('../src/engine/index.js')>('engine/index.js');
const quick = process.argv.includes('--quick');
const ROUNDS = 3;
const RUNS = quick ? 500 : 5000;
const AT_ONCE = 8;
const GIB = 1024 ** 3;

const rssMib = (): number => Math.round(process.memoryUsage.rss() / 1024 ** 2);

async function suiteRate(
  cell: Hotcell,
  job: JobInput,
  reports: string | null,
  workers: number | undefined,
): Promise<number> {
  const cases = Array.from({ length: RUNS }, (_, index) => ({ name: `case ${index}` }));
  const suite = parseSuite({ jobs: [{ ...job, name: 'true', cases }] });
  const specs = (['json', 'jsonl', 'junit', 'html'] as const).map((name) => ({
    name,
    file: join(reports ?? '', name),
  }));
  const reporters = reports === null ? [] : [createThreadedReporters(specs)];
  const start = performance.now();
  const budget = { cpus: AT_ONCE, memoryBytes: 64 * GIB, tasks: AT_ONCE };
  const threads = workers === undefined ? {} : { workers };
  const { ok } = await cell.runSuites([suite], { reporters, budget, ...threads, sampleIntervalMs: null })
    .summary;
  if (!ok) throw new Error('not everything passed');
  return RUNS / ((performance.now() - start) / 1000);
}

async function printRates(cell: Hotcell, job: JobInput, directory: string): Promise<void> {
  const raw = async (): Promise<number> =>
    await throughput(
      {
        name: 'cell.run',
        run: async () => {
          const { status } = await cell.run(job);
          if (status !== 'ok') throw new Error(status);
        },
      },
      AT_ONCE,
      RUNS,
    );
  const subjects: readonly [string, () => Promise<number>][] = [
    ['`cell.run`', raw],
    ['suite, in this thread', () => suiteRate(cell, job, null, 0)],
    ['suite', () => suiteRate(cell, job, null, undefined)],
    ['suite, four reports', () => suiteRate(cell, job, directory, undefined)],
    ['suite, four reports, 2 threads', () => suiteRate(cell, job, directory, 2)],
  ];
  const rates = new Map(subjects.map(([name]) => [name, [] as number[]]));
  // One round of each after the other, so that the noise of the host meets all alike.
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, measure] of subjects) rates.get(name)?.push(await measure());
  }
  const control = quantile(rates.get('`cell.run`') ?? [], 0.5);
  console.log(`\n| ${RUNS} runs, ${AT_ONCE} at once, median of ${ROUNDS} | runs per second | of cell.run |`);
  console.log('| --- | --- | --- |');
  for (const [name, list] of rates) {
    const rate = quantile(list, 0.5);
    console.log(`| ${name} | ${rate.toFixed(0)} | ${((rate / control) * 100).toFixed(0)} % |`);
  }
  console.log(`\nmemory after ${ROUNDS * RUNS} cases with reports: ${rssMib()} MiB`);
}

function* tasks(count: number): Generator<Task> {
  for (let id = 0; id < count; id++) {
    yield {
      id,
      group: `suite ${id % 4}`,
      needs: [],
      priority: id % 3,
      cpus: 1,
      memoryBytes: 1,
      exclusive: false,
    };
  }
}

async function printScheduler(): Promise<void> {
  console.log('\n| tasks that do nothing | µs each | memory |\n| --- | --- | --- |');
  for (const count of [1000, 10_000, 100_000]) {
    const budget = { cpus: AT_ONCE, memoryBytes: GIB, tasks: AT_ONCE };
    const scheduler = new Scheduler<Task, boolean>({
      budget,
      dispatcher: { dispatch: async () => true },
      passed: (result) => result,
    });
    const start = performance.now();
    let done = 0;
    for await (const _ of scheduler.run(tasks(count))) done++;
    const each = ((performance.now() - start) / done) * 1000;
    console.log(`| ${count} | ${each.toFixed(1)} | ${rssMib()} MiB |`);
  }
}

/**
 * The whole path of a suite but for the runs: load, select, schedule, tell, summarize. In a process of its own each, so
 * that the memory is that of this suite and not of what was measured before.
 */
async function printSuites(directory: string): Promise<void> {
  console.log(
    '\n| cases whose runs do nothing | µs each | memory after loading | at most |\n| --- | --- | --- | --- |',
  );
  for (const kind of ['yaml', 'json'] as const) {
    for (const count of [1000, 10_000, 100_000]) {
      const file = join(directory, `${count}.${kind}`);
      writeFileSync(file, SUITE_TEXT[kind](count));
      const { stdout } = await execaNode(MANY_CASES, [file]);
      const { microseconds, loaded, peak } = JSON.parse(stdout) as Readonly<Record<string, number>>;
      console.log(
        `| ${count} in ${kind.toUpperCase()} | ${microseconds?.toFixed(1)} | ${loaded} MiB | ${peak} MiB |`,
      );
    }
  }
}

const namesOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `case ${index}`);

const SUITE_TEXT = {
  yaml: (count: number) =>
    `jobs:\n  - name: t\n    command: ["true"]\n    cases:\n${namesOf(count)
      .map((name) => `      - { name: ${name} }\n`)
      .join('')}`,
  json: (count: number) =>
    JSON.stringify({
      jobs: [{ name: 't', command: ['true'], cases: namesOf(count).map((name) => ({ name })) }],
    }),
} as const;

const MANY_CASES = fileURLToPath(new URL('../test/support/run-many-cases.mjs', import.meta.url));

const load = (): string =>
  loadavg()
    .map((value) => value.toFixed(2))
    .join(' ');

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'hotcell-bench-'));
  const [cpu] = cpus();
  console.log(
    `${cpus().length} × ${cpu?.model}, ${Math.round(totalmem() / GIB)} GiB, Linux ${release()}, Node ${process.version}`,
  );
  console.log(`load before: ${load()}`);
  await printScheduler();
  await printSuites(directory);
  const cell = await createHotcell({ concurrency: AT_ONCE });
  try {
    await printRates(
      cell,
      { command: ['/box/true'], files: { true: { path: program('true'), mode: '0755' } } },
      directory,
    );
  } finally {
    await cell.close();
    rmSync(directory, { recursive: true });
  }
  console.log(`\nload after: ${load()}`);
}

await main();
