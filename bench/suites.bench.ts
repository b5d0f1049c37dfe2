/**
 * What suites cost beyond their runs: full-isolation cases with reports beside the same runs through `cell.run`, and the
 * scheduler alone. `npm run bench:suites`; with `-- --quick` a tenth of it. Prints the tables of docs/performance.md.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';
import { Scheduler, type Task } from '../src/schedule/index.js';
import { program } from '../test/support/programs.js';
import { quantile } from './measure.js';

const quick = process.argv.includes('--quick');
const ROUNDS = 5;
const RUNS = quick ? 500 : 5000;
const AT_ONCE = 8;
/** What translates this file is not to be measured. */
const PLAIN_NODE = { nodeOptions: [] };
const GIB = 1024 ** 3;

const rssMib = (): number => Math.round(process.memoryUsage.rss() / 1024 ** 2);

interface Rates {
  readonly rates: readonly (readonly [string, number[]])[];
  readonly rssBytes: number;
}

async function printRates(directory: string): Promise<void> {
  const input = { program: program('true'), directory, runs: RUNS, rounds: ROUNDS, atOnce: AT_ONCE };
  const { stdout } = await execaNode(SUITE_RATES, [JSON.stringify(input)], PLAIN_NODE);
  const { rates, rssBytes } = JSON.parse(stdout) as Rates;
  const control = quantile(rates[0]?.[1] ?? [], 0.5);
  console.log(`\n| ${RUNS} runs, ${AT_ONCE} at once, median of ${ROUNDS} | runs per second | of cell.run |`);
  console.log('| --- | --- | --- |');
  for (const [name, list] of rates) {
    const rate = quantile(list, 0.5);
    console.log(`| ${name} | ${rate.toFixed(0)} | ${((rate / control) * 100).toFixed(0)} % |`);
  }
  console.log(`\nmemory after that: ${Math.round(rssBytes / 1024 ** 2)} MiB`);
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
      const { stdout } = await execaNode(MANY_CASES, [file], PLAIN_NODE);
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

const SUITE_RATES = fileURLToPath(new URL('suite-rates.mjs', import.meta.url));
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
  try {
    await printRates(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
  console.log(`\nload after: ${load()}`);
}

await main();
