// Loads the suite named on the command line, plans it and runs it with programs that take no time; prints what memory that took.

import { systemClock } from '../../lib/core/index.js';
import { createHotcell } from '../../lib/engine/index.js';
import { runSuites } from '../../lib/engine/suites/run-suites.js';
import { loadSuites } from '../../lib/spec/suite/load.js';

const peakMib = () => Math.round(process.resourceUsage().maxRSS / 1024);

const [file] = process.argv.slice(2);
const cell = await createHotcell({ concurrency: 1 });
const outcome = await cell.run({ isolation: 'none', command: ['true'] });
await cell.close();
const before = peakMib();

const suites = await loadSuites([file]);
const loaded = peakMib();

const pool = {
  case: async ({ suite, case: item }) => ({ ...outcome, suite, job: item.job, case: item.case }),
  build: () => Promise.reject(new Error('no builds here')),
  close: async () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
};
const start = performance.now();
const run = runSuites(
  suites,
  { budget: { cpus: 8, memoryBytes: 64 * 1024 ** 3 } },
  {
    id: 'many',
    version: '0',
    tier: 'T1',
    clock: systemClock,
    concurrency: 8,
    readFiles: async (job) => job,
    startPool: async () => pool,
  },
);
const { total, verdicts } = await run.summary;
const microseconds = ((performance.now() - start) / total) * 1000;
process.stdout.write(
  JSON.stringify({ before, loaded, peak: peakMib(), total, passed: verdicts.passed, microseconds }),
);
