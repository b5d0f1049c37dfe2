/** Launchers and Node itself killed at any moment of a run of 2,000 cases: each comes to exactly one right outcome. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createHotcell } from '../../src/engine/index.js';
import { type Outcome, parseSuite, type SuiteInput } from '../../src/spec/index.js';
import { publish } from '../support/cell.js';
import { sandboxProcesses } from '../support/leaks.js';
import { seeded } from '../support/victims.js';
import { MAIN } from './cli/support.js';

const CASES = 2000;
/** The owner replaces five launchers in ten seconds, and gives up at more. */
const LAUNCHER_KILLS = 4;
const NODE_KILLS = 3;

const seed = Number(process.env.HOTCELL_SEED ?? Date.now() % 1_000_000);
const random = seeded(seed);

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hotcell-chaos-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Every seventh prints something else than expected: a wrong pass would show as well as a wrong failure. */
const isWrong = (index: number): boolean => index % 7 === 3;

const suite: SuiteInput = {
  name: 'chaos',
  jobs: [
    {
      name: 'echo',
      command: ['/bin/sh', '-c', 'read word; echo "$word"'],
      limits: { memory: '64MiB' },
      cases: Array.from({ length: CASES }, (_, index) => ({
        name: String(index),
        stdin: `${index}\n`,
        expect: { stdout: isWrong(index) ? 'something else\n' : `${index}\n` },
      })),
    },
  ],
};

function expectEachOnceAndRight(outcomes: readonly Outcome[]): void {
  const final = outcomes.filter((outcome) => outcome.final && outcome.role === 'program');
  expect(final).toHaveLength(CASES);
  expect(new Set(final.map((outcome) => outcome.case)).size).toBe(CASES);
  const wrong = final.filter(
    (outcome) => outcome.verdict !== (isWrong(Number(outcome.case)) ? 'failed' : 'passed'),
  );
  expect(
    wrong.map(({ case: name, status, verdict, message }) => ({ name, status, verdict, message })),
  ).toEqual([]);
}

test('the launcher is killed again and again', async () => {
  const cell = await createHotcell();
  const run = cell.runSuites([parseSuite(suite)], { budget: { cpus: 8 } });
  const outcomes: Outcome[] = [];
  // Kills are spread over the run by what is done, not by time: machines differ.
  const kills = Array.from({ length: LAUNCHER_KILLS }, () => Math.floor(random() * CASES * 0.9));
  for await (const outcome of run) {
    outcomes.push(outcome);
    if (kills.includes(outcomes.length)) process.kill(cell.launcherPid, 'SIGKILL');
  }
  const summary = await run.summary;
  await cell.close();
  publish(`killed launchers, seed ${seed}`, [{ kills: kills.length, ...summary.verdicts }]);
  expectEachOnceAndRight(outcomes);
  await vi.waitFor(() => expect(sandboxProcesses()).toEqual([]), { timeout: 10_000 });
}, 240_000);

interface Attempt {
  readonly code: number | null;
  readonly stderr: string;
}

/** Runs the command, and kills it once it has journalled so many lines more. */
async function hotcellTest(argv: readonly string[], killAfter: number | null): Promise<Attempt> {
  const child = spawn(
    MAIN,
    ['test', ...argv, '--workers', '2', '-q', '--reporter', `json=${directory}/report.json`],
    {
      env: { ...process.env, HOTCELL_HOME: join(directory, 'home') },
      stdio: ['ignore', 'inherit', 'pipe'],
    },
  );
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const closed = once(child, 'close');
  if (killAfter !== null) {
    await vi.waitFor(() => expect(journalled()).toBeGreaterThan(killAfter), {
      timeout: 120_000,
      interval: 5,
    });
    await delay(random() * 20); // anywhere in what comes next
    child.kill('SIGKILL');
  }
  const [code] = (await closed) as [number | null];
  return { code, stderr };
}

/** Lines in the journal of the one run there is; none before it has begun. */
function journalled(): number {
  const runs = join(directory, 'home', 'runs');
  try {
    const [id = ''] = readdirSync(runs);
    return readFileSync(join(runs, id, 'outcomes.jsonl'), 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}

test('Node is killed again and again, and the run resumed', async () => {
  const file = join(directory, 'chaos.suite.json');
  writeFileSync(file, JSON.stringify(suite));
  expect((await hotcellTest([file], 100)).code).toBeNull();
  for (let kill = 1; kill < NODE_KILLS; kill++) {
    const before = journalled();
    expect((await hotcellTest(['--resume'], before + Math.floor(random() * 300))).code).toBeNull();
  }
  const last = await hotcellTest(['--resume'], null);
  expect([last.code, last.stderr]).toEqual([1, '']);
  const report = JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8')) as { outcomes: Outcome[] };
  expectEachOnceAndRight(report.outcomes);
  publish(`killed Nodes, seed ${seed}`, [
    { kills: NODE_KILLS, cases: CASES, 'lines in the journal': journalled() },
  ]);
}, 240_000);
