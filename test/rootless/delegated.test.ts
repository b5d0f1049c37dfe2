/** A group of cgroup v2 that root gave to the user: runs are born in leaves of it, are measured there, and leave nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, systemClock } from '../../src/core/index.js';
import { findLauncher, LauncherProcess } from '../../src/launcher/index.js';
import { readHost } from '../../src/sandbox/index.js';
import { type JobInput, parseJob } from '../../src/spec/index.js';
import { RunControl, runJob } from '../../src/worker/index.js';
import { NO_IMAGES } from '../support/cases.js';
import { ending, exited, killed, metric, text } from '../support/cell.js';
import { programJob } from '../support/programs.js';

/** Made by scripts/test-rootless.ts, with these tests in a group of it. */
const group = process.env.HOTCELL_TEST_CGROUP ?? '';
/** What every group counts, whichever controllers this host has on v2. */
const cgroups = [{ version: 2, path: group, controllers: ['cpuacct'] }] as const;
const host = { ...readHost(), cgroups };
let launcher: LauncherProcess;

const ours = (): string[] => readdirSync(group).filter((name) => name.startsWith('hotcell-'));

async function run(job: JobInput) {
  const backend = () => Promise.resolve(launcher.connection);
  const context = { backend, host, clock: systemClock, images: NO_IMAGES };
  return await runJob(context, parseJob(job), {}, new RunControl());
}

beforeAll(async () => {
  launcher = await LauncherProcess.start(findLauncher(undefined), {
    runtimeDir: '/tmp',
    instance: newId(),
    cgroups,
    userNamespace: host.userNamespace,
  });
});
afterAll(async () => {
  await launcher.close();
  expect(ours()).toEqual([]);
});

test('these tests are in a group below it, as a delegated user is', () => {
  const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '';
  expect(own.endsWith(`/${group.split('/').at(-1)}/main`)).toBe(true);
});

test.each([
  ['with ids of its own', {}],
  ['as root of its sandbox', { user: '0:0' }],
  ['with a mount of the user', { mounts: [{ source: '/tmp', target: '/m', mode: 'rw' as const }] }],
])('a run %s is measured in a group of its own, and sees none above it', async (_, part) => {
  const job = programJob('burn-cpu', [100]);
  const outcome = await run({ ...job, ...part });
  expect(ending(outcome)).toEqual(exited(0));
  expect(ours()).toHaveLength(1);
  expect(metric(outcome, 'cpuMs')).toBeGreaterThan(95);
  const seen = await run({ command: ['cat', '/proc/self/cgroup'], ...part });
  expect(text(seen.stdout)).toContain('0::/\n');
});

test('CPU time of all that it starts counts against its limit', async () => {
  const outcome = await run(programJob('spin-in-short-children', [2], { limits: { cpuTime: 200 } }));
  expect(ending(outcome)).toEqual(killed('cpu-time'));
});
