// Measures `cell.run` and suites in turn and prints their rates as JSON. Plain JavaScript in a process of its own: threads inherit
// what translates TypeScript, and would be measured with it.

import { join } from 'node:path';
import { createHotcell, createThreadedReporters, parseSuite } from '../dist/engine/index.js';

const { program, directory, runs, rounds, atOnce } = JSON.parse(process.argv[2]);
const job = { command: ['/box/true'], files: { true: { path: program, mode: '0755' } } };
const cell = await createHotcell({ concurrency: atOnce });

async function raw() {
  let left = runs;
  const lane = async () => {
    while (left-- > 0) {
      const { status } = await cell.run(job);
      if (status !== 'ok') throw new Error(status);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

async function suite(names, threads) {
  const cases = Array.from({ length: runs }, (_, index) => ({ name: `case ${index}` }));
  const parsed = parseSuite({ jobs: [{ ...job, name: 'true', cases }] });
  const specs = names.map((name) => ({ name, file: join(directory, name) }));
  const { ok } = await cell.runSuites([parsed], {
    reporters: names.length === 0 ? [] : [createThreadedReporters(specs)],
    budget: { cpus: atOnce, memoryBytes: 64 * 1024 ** 3, tasks: atOnce },
    sampleIntervalMs: null,
    ...threads,
  }).summary;
  if (!ok) throw new Error('not everything passed');
}

const FOUR = ['json', 'jsonl', 'junit', 'html'];
const subjects = [
  ['`cell.run`', raw],
  ['suite, in this thread', () => suite([], { workers: 0 })],
  ['suite', () => suite([], { workers: 1 })],
  ['suite, four reports', () => suite(FOUR, { workers: 1 })],
  ['suite, four reports, 2 threads', () => suite(FOUR, { workers: 2 })],
];
const rates = subjects.map(([name]) => [name, []]);
// One round of each after the other, so that the noise of the host meets all alike.
for (let round = 0; round < rounds; round++) {
  for (const [index, [, run]] of subjects.entries()) {
    const start = performance.now();
    await run();
    rates[index][1].push((runs * 1000) / (performance.now() - start));
  }
}
await cell.close();
process.stdout.write(JSON.stringify({ rates, rssBytes: process.memoryUsage.rss() }));
