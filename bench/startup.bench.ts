/**
 * What a run costs beyond the program: a static `true` at each isolation level, beside a raw spawn of it.
 * `npm run bench`; with `-- --quick` a tenth of the runs. Prints the tables of docs/performance.md.
 */
import { cpus, loadavg, release, totalmem } from 'node:os';
import { createHotcell, type Hotcell } from '../src/engine/index.js';
import { ISOLATION_LEVELS } from '../src/spec/index.js';
import { program } from '../test/support/programs.js';
import { latencies, quantile, rawSpawn, type Subject, throughput } from './measure.js';
import { writeResults } from './results.js';

const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 30 : 500;
const RUNS = quick ? 100 : 1000;
const REPEATS = quick ? 1 : 5;
/** Between runs of the second table. */
const PAUSE_MS = 5;
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

const ratios: Record<string, number> = {};
const samplesMs: Record<string, readonly number[]> = {};
const CONTROL = 'child_process.spawn';
const JUDGED = 'hotcell full';

async function printLatencies(subjects: readonly Subject[], pauseMs: number): Promise<void> {
  const between = pauseMs === 0 ? '' : `, ${pauseMs} ms between`;
  const times = await latencies(subjects, ROUNDS, pauseMs);
  const control = (q: number): number => quantile(times.get(CONTROL) ?? [], q);
  console.log(
    `\n| one run at a time${between} (n = ${ROUNDS}) | p50 ms | p99 ms | p50 / spawn | p99 / spawn |\n| --- | --- | --- | --- | --- |`,
  );
  for (const [name, ms] of times) {
    const [p50, p99] = [quantile(ms, 0.5), quantile(ms, 0.99)];
    const [of50, of99] = [p50 / control(0.5), p99 / control(0.99)];
    samplesMs[`${name}${between}`] = ms;
    if (name === JUDGED)
      Object.assign(ratios, { [`full p50${between}`]: of50, [`full p99${between}`]: of99 });
    console.log(
      `| ${name} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${of50.toFixed(2)} | ${of99.toFixed(2)} |`,
    );
  }
}

async function printThroughput(subjects: readonly Subject[]): Promise<void> {
  console.log(
    `\n| runs per second (median of ${REPEATS} × ${RUNS}) | ${CONCURRENCY.map((n) => `${n} at once`).join(' | ')} |`,
  );
  console.log(`| --- |${' --- |'.repeat(CONCURRENCY.length)}`);
  const most = Math.max(...CONCURRENCY);
  const sustained = new Map<string, number>();
  for (const subject of subjects) {
    const cells: string[] = [];
    for (const concurrency of CONCURRENCY) {
      const rates: number[] = [];
      for (let i = 0; i < REPEATS; i++) rates.push(await throughput(subject, concurrency, RUNS));
      cells.push(quantile(rates, 0.5).toFixed(0));
      if (concurrency === most) sustained.set(subject.name, quantile(rates, 0.5));
    }
    console.log(`| ${subject.name} | ${cells.join(' | ')} |`);
  }
  ratios[`full runs per second, ${most} at once`] =
    (sustained.get(JUDGED) ?? 0) / (sustained.get(CONTROL) ?? 0);
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
await printLatencies(subjects, 0);
await printLatencies(subjects, PAUSE_MS);
await printThroughput(subjects);
console.log(
  `\nload after: ${loadavg()
    .map((n) => n.toFixed(2))
    .join(' ')}`,
);
console.log(`raw data: ${writeResults({ bench: 'startup', ratios, samplesMs })}`);
