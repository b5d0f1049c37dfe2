/**
 * What a run costs beyond the program: a static `true` at each isolation level, beside a raw spawn of it.
 * `npm run bench`; with `-- --quick` a tenth of the runs. Prints the tables of docs/performance.md.
 */
import { cpus, loadavg, release, totalmem } from 'node:os';
import { createHotcell, type Hotcell } from '../src/engine/index.js';
import { ISOLATION_LEVELS } from '../src/spec/index.js';
import { program } from '../test/support/programs.js';
import { latencies, quantile, rawSpawn, type Subject, throughput } from './measure.js';

const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 30 : 500;
const RUNS = quick ? 100 : 1000;
const REPEATS = quick ? 1 : 5;
const CONCURRENCY = [1, 2, 4, 8] as const;

function levels(cell: Hotcell, path: string): Subject[] {
  return ISOLATION_LEVELS.map((isolation) => ({
    name: `hotcell ${isolation}`,
    run: async () => {
      const { status, message } = await cell.run({
        isolation,
        command: [isolation === 'none' ? path : '/box/true'],
        ...(isolation === 'none' ? {} : { files: { true: { path, mode: '0755' } } }),
      });
      if (status !== 'ok') throw new Error(`${isolation}: ${status}: ${message}`);
    },
  }));
}

async function printLatencies(subjects: readonly Subject[]): Promise<void> {
  const times = await latencies(subjects, ROUNDS);
  const control = quantile(times.get('child_process.spawn') ?? [], 0.5);
  console.log(
    `\n| one run at a time (n = ${ROUNDS}) | p50 ms | p99 ms | p50 / spawn |\n| --- | --- | --- | --- |`,
  );
  for (const [name, ms] of times) {
    const p50 = quantile(ms, 0.5);
    console.log(
      `| ${name} | ${p50.toFixed(2)} | ${quantile(ms, 0.99).toFixed(2)} | ${(p50 / control).toFixed(2)} |`,
    );
  }
}

async function printThroughput(subjects: readonly Subject[]): Promise<void> {
  console.log(
    `\n| runs per second (median of ${REPEATS} × ${RUNS}) | ${CONCURRENCY.map((n) => `${n} at once`).join(' | ')} |`,
  );
  console.log(`| --- |${' --- |'.repeat(CONCURRENCY.length)}`);
  for (const subject of subjects) {
    const cells: string[] = [];
    for (const concurrency of CONCURRENCY) {
      const rates: number[] = [];
      for (let i = 0; i < REPEATS; i++) rates.push(await throughput(subject, concurrency, RUNS));
      cells.push(quantile(rates, 0.5).toFixed(0));
    }
    console.log(`| ${subject.name} | ${cells.join(' | ')} |`);
  }
}

const path = program('true');
await using cell = await createHotcell();
const subjects = [rawSpawn(path), ...levels(cell, path)];
const model = cpus()[0]?.model ?? 'unknown CPU';
console.log(
  `${cpus().length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`,
);
console.log(
  `load before: ${loadavg()
    .map((n) => n.toFixed(2))
    .join(' ')}`,
);
await printLatencies(subjects);
await printThroughput(subjects);
console.log(
  `\nload after: ${loadavg()
    .map((n) => n.toFixed(2))
    .join(' ')}`,
);
