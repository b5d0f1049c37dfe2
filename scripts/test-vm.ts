/**
 * Runs tests on hosts of other kinds than this one, each a virtual machine with Debian's kernel; needs root, and Debian's
 * packages qemu-system-x86, busybox-static, debootstrap and e2fsprogs.
 *
 *   npm run test:vm                          every lane of vm/lanes.ts
 *   npm run test:vm -- root-v2               one
 *   npm run test:vm -- root-v2 limits-pids   one, and of it only files with this in their names
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportOf, resultsOf } from './reports/differences.js';
import { makeInitramfs } from './vm/initramfs.js';
import { fetchKernel } from './vm/kernel.js';
import { isLane, KNOWN, LANES, type Lane } from './vm/lanes.js';
import { boot, type Machine } from './vm/machine.js';
import { PLACE, ROOT } from './vm/place.js';
import { projectDisk } from './vm/project-disk.js';
import { rootDisk } from './vm/root-disk.js';
import { judge, parseReport, type Verdict } from './vm/verdict.js';

const TIMEOUT_MS = 15 * 60_000;

/** For the table of attacks, test-security.ts. */
const REPORTS = join(ROOT, 'build/reports/hosts');

async function prepare(): Promise<Machine> {
  mkdirSync(PLACE, { recursive: true });
  mkdirSync(REPORTS, { recursive: true });
  const kernel = await fetchKernel();
  const [root, project] = await Promise.all([rootDisk(kernel), projectDisk()]);
  return { kernel, initramfs: makeInitramfs(kernel), disks: { root, project } };
}

/** Without one there is no column, and the table says which file is missing. */
function keepReport(said: string, lane: Lane): void {
  const path = join(REPORTS, `vm-${lane}.json`);
  const report = parseReport(said);
  rmSync(path, { force: true });
  if (report !== undefined) writeFileSync(path, reportOf(resultsOf(report), KNOWN[lane]));
}

async function runLane(machine: Machine, lane: Lane, only: readonly string[]): Promise<Verdict> {
  const { report, end, console: log, exitCode } = await boot(machine, { lane, only, timeoutMs: TIMEOUT_MS });
  const [said, last] = [report, end].map((path) => readFileSync(path, 'utf8'));
  const verdict = judge({ report: said ?? '', end: last ?? '', exitCode, known: KNOWN[lane] });
  keepReport(said ?? '', lane);
  if (verdict.ok) rmSync(log);
  return verdict.ok ? verdict : { ...verdict, line: `${verdict.line}; console: ${log}` };
}

const words = process.argv.slice(2);
const lanes = words.filter(isLane);
const only = words.filter((word) => !isLane(word));
const seconds = (): string => `${Math.round(process.uptime())} s`;

const machine = await prepare();
const lines = [`prepared (${seconds()}), ${machine.kernel.release}`];
for (const lane of lanes.length > 0 ? lanes : LANES) {
  const { ok, line } = await runLane(machine, lane, only);
  lines.push(`${lane}: ${line} (${seconds()})`);
  if (!ok) process.exitCode = 1;
}
console.log(lines.join('\n'));
