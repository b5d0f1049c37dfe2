/** A share of a series of runs, in a Node of its own that anybody may kill. A line for each outcome: what it was, and whether it had to be. */
import { HotcellError } from '../../src/core/index.js';
import { createHotcell, type Hotcell } from '../../src/engine/index.js';
import { type Ending, ending } from '../../test/support/cell.js';
import { kind } from '../../test/support/kinds.js';
import { allProcesses, residentBytes } from '../../test/support/leaks.js';

const [launcherPath = '', first = '', count = '', atOnce = ''] = process.argv.slice(2);
const end = Number(first) + Number(count);
const STARTS_MAX = 5;

/** Launchers that are killed before they are up, two in a row, are an error of the cell's; another one is made then. */
async function open(): Promise<Hotcell> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await createHotcell({ launcherPath, concurrency: Number(atOnce) });
    } catch (error) {
      if (!(error instanceof HotcellError) || error.code === 'internal' || attempts === STARTS_MAX)
        throw error;
      process.stdout.write(`not-up ${error.code}: ${error.message}\n`);
    }
  }
}

const hotcell = await open();
process.stdout.write('up\n');

const isEqual = (a: Ending, b: Ending): boolean => JSON.stringify(a) === JSON.stringify(b);

async function runOne(index: number): Promise<void> {
  const [job, wanted] = kind(index);
  const outcome = await hotcell.run(job);
  const got = ending(outcome);
  const verdict = isEqual(got, wanted) ? 'right' : outcome.status === 'internal-error' ? 'lost' : 'wrong';
  const why = verdict === 'right' ? '' : ` ${JSON.stringify([job.command, wanted, got, outcome.message])}`;
  process.stdout.write(`${verdict}${why}\n`);
}

let next = Number(first);
async function runSome(): Promise<void> {
  while (next < end) await runOne(next++);
}

await Promise.all(Array.from({ length: Number(atOnce) }, runSome));
const launchers = allProcesses().filter(({ parent }) => parent === process.pid);
const launcherBytes = Math.max(0, ...launchers.map(({ pid }) => residentBytes(pid)));
process.stdout.write(`end ${residentBytes()} ${launcherBytes}\n`);
await hotcell.close();
