/**
 * A long mixed series of runs, good, wrong and hostile ones, while launchers, keepers, inits and the Nodes that run them are
 * killed at random; then no verdict is wrong and nothing is left. As root.
 *
 *   npm run chaos -- [--runs 50000] [--seed N] [--at-once 16] [--share 1000]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createHotcell } from '../src/engine/index.js';
import { kind } from '../test/support/kinds.js';
import { cgroupDirectories, mountLines, temporaryFiles } from '../test/support/leaks.js';
import { Family, killProcess, type Rank, seeded } from '../test/support/victims.js';
import { growth, type Vitals, vitals } from './chaos/vitals.js';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '50000' },
    seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
    'at-once': { type: 'string', default: '16' },
    share: { type: 'string', default: '1000' },
  },
});
const [runs, seed, atOnce, share] = [values.runs, values.seed, values['at-once'], values.share].map(
  Number,
) as [number, number, number, number];

const SHARE = fileURLToPath(new URL('chaos/share.ts', import.meta.url));
const REPORT = fileURLToPath(new URL('../build/reports/chaos.json', import.meta.url));
const SETTLED_WITHIN_MS = 20_000;
const BETWEEN_KILLS_MS = 400;
/** Of a hundred kills. Most are of those that cost one run only, or nothing else would be seen. */
const NODE_KILLS = 2;
const LAUNCHER_KILLS = 16;
const GROWTH_MAX: Vitals = {
  processes: 20,
  mounts: 0,
  openFiles: 2000,
  sockets: 50,
  cgroups: 50,
  kernelBytes: 32 << 20,
};

const random = seeded(seed);
const family = new Family();
const mounts = mountLines();
const tally = { right: 0, lost: 0, wrong: 0, unanswered: 0, notUp: 0 };
const kills: Record<Rank | 'node', number> = { node: 0, launcher: 0, keeper: 0, init: 0 };
const memory = { nodeBytes: 0, launcherBytes: 0 };
const wrong: string[] = [];
/** A Node with nothing wrong has nothing to say. */
const warnings: string[] = [];

type Child = ReturnType<typeof spawn>;

function killOne(node: Child): void {
  const draw = random() * 100;
  if (draw < NODE_KILLS) {
    if (node.kill('SIGKILL')) kills.node++;
    return;
  }
  const rank: Rank = draw < LAUNCHER_KILLS ? 'launcher' : random() < 0.5 ? 'keeper' : 'init';
  const found = family.ofRank(rank);
  const victim = found[Math.floor(random() * found.length)];
  if (victim !== undefined && killProcess(victim)) kills[rank]++;
}

async function killUntil(over: () => boolean, node: Child): Promise<void> {
  while (!over()) {
    await delay(random() * BETWEEN_KILLS_MS);
    if (!over()) killOne(node);
  }
}

function take(line: string): boolean {
  const [word = '', ...rest] = line.split(' ');
  if (word === 'end') {
    memory.nodeBytes = Math.max(memory.nodeBytes, Number(rest[0]));
    memory.launcherBytes = Math.max(memory.launcherBytes, Number(rest[1]));
    return false;
  }
  if (word === 'not-up') tally.notUp++;
  if (word !== 'right' && word !== 'lost' && word !== 'wrong') return false;
  tally[word]++;
  if (word === 'wrong') wrong.push(rest.join(' '));
  return true;
}

async function waitUntil(what: string, test: () => boolean): Promise<void> {
  for (const until = Date.now() + SETTLED_WITHIN_MS; !test(); await delay(20))
    if (Date.now() > until) throw new Error(`${what} after ${SETTLED_WITHIN_MS / 1000} s (seed ${seed})`);
}

/** Ends when its share is done, or somebody has killed it. @returns how many it has answered */
async function runShare(first: number, count: number): Promise<number> {
  const args = ['--trace-warnings', '--import', 'tsx', SHARE, family.launcherPath, first, count, atOnce].map(
    String,
  );
  const node = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = once(node, 'exit');
  let answers = 0;
  let up = false;
  let over = false;
  const lines = createInterface({ input: node.stdout });
  lines.on('line', (line) => {
    if (line === 'up') up = true;
    else if (take(line)) answers++;
  });
  const said: Buffer[] = [];
  node.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const read = once(lines, 'close');
  const ended = exit.then(() => {
    over = true;
  });
  await killUntil(() => over || (up && answers === count), node);
  await Promise.all([ended, read]);
  const [code, signal] = (await exit) as [number | null, string | null];
  if (code !== 0 && signal !== 'SIGKILL')
    throw new Error(
      `a Node ended by itself: ${code ?? signal} (seed ${seed}): ${Buffer.concat(said).toString()}`,
    );
  if (said.length > 0) warnings.push(Buffer.concat(said).toString());
  tally.unanswered += Math.min(count - answers, atOnce);
  await waitUntil('processes are left', () => family.processes().length === 0);
  return answers;
}

/** The next that starts removes what the dead could not. */
async function findLeaks(): Promise<string[]> {
  const hotcell = await createHotcell({ launcherPath: family.launcherPath });
  const [job] = kind(0);
  const { status, message } = await hotcell.run(job);
  await hotcell.close();
  if (status !== 'ok') throw new Error(`the last run: ${status}: ${message}`);
  await waitUntil('processes are left', () => family.processes().length === 0);
  return [
    ...cgroupDirectories(family.instances),
    ...temporaryFiles(family.instances),
    ...mountLines().filter((line) => !mounts.includes(line)),
  ];
}

const series: Vitals[] = [];
const started = Date.now();
for (let done = 0; done < runs; ) {
  done += await runShare(done, Math.min(share, runs - done));
  series.push(vitals());
  const { right, lost, unanswered } = tally;
  console.log(
    `${right} right, ${lost} lost, ${tally.wrong} wrong, ${unanswered} unanswered; ${JSON.stringify(kills)}`,
  );
}
const leaks = await findLeaks();
family.remove();

const grown = growth(series.slice(1));
const tooMuch = Object.entries(grown).filter(([key, value]) => value > GROWTH_MAX[key as keyof Vitals]);
/** What a kill may cost at most: all that a launcher carries, with those that it is sent before anybody can know; one run otherwise. */
const lostMost = kills.launcher * atOnce * 2 + (kills.keeper + kills.init) * 2;
const problems = [
  ...wrong.map((line) => `wrong: ${line}`),
  ...warnings.map((text) => `said: ${text}`),
  ...leaks.map((leak) => `left: ${leak}`),
  ...tooMuch.map(([key, value]) => `grows: ${key} by ${value}`),
  ...(tally.notUp > kills.launcher
    ? [`${tally.notUp} launchers did not come up, ${kills.launcher} were killed`]
    : []),
  ...(tally.lost > lostMost ? [`${tally.lost} lost by kills that cost ${lostMost} at most`] : []),
];
const seconds = Math.round((Date.now() - started) / 1000);
const report = { runs, seed, atOnce, seconds, ...tally, kills, leaks: leaks.length, memory, grown, problems };
mkdirSync(dirname(REPORT), { recursive: true });
writeFileSync(REPORT, `${JSON.stringify({ ...report, series }, null, 2)}\n`);
console.log(JSON.stringify(report, null, 2));
process.exitCode = problems.length > 0 ? 1 : 0;
