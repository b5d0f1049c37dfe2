// Runs one job over and over, some at a time, and writes a line for each outcome, until somebody kills it. Usage:
// node run-until-killed.mjs LAUNCHER JOB
import { createHotcell } from '../../dist/engine/index.js';

const AT_ONCE = 4;
const MOST_MS = 20_000;

const [launcherPath, job] = process.argv.slice(2);
const hotcell = await createHotcell({ launcherPath });
setTimeout(() => process.exit(1), MOST_MS).unref();
process.stdout.write('up\n');

async function runForEver() {
  for (;;) {
    const { status, stdout, stderr } = await hotcell.run(JSON.parse(job));
    process.stdout.write(`${status} ${stdout.text.length} ${stderr.text.length}\n`);
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, runForEver));
