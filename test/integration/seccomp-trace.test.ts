/** Runs whose system calls are listed: what is counted, what is held meanwhile, and what becomes of the list. */
import { readdirSync, readlinkSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { type Outcome, profileOfSystemCalls, type RunOptions } from '../../src/engine/index.js';
import { ending, exited, lines, startAndWaitFor, text, useCell, values } from '../support/cell.js';
import { footprint, sandboxProcesses } from '../support/leaks.js';
import { programJob } from '../support/programs.js';

const cell = useCell();

const TRACED: RunOptions = { traceSystemCalls: true };

function callsOf({ systemCalls }: Outcome) {
  if (systemCalls === undefined) throw new Error('nothing was traced');
  return systemCalls.calls;
}

const countOf = (outcome: Outcome, name: string): number =>
  callsOf(outcome)
    .filter((call) => call.name === name)
    .reduce((sum, { count }) => sum + count, 0);

const makeCalls = async (...args: (string | number)[]): Promise<Outcome> =>
  await cell.run(programJob('make-calls', args), TRACED);

const refusedOf = (outcome: Outcome): string[] =>
  callsOf(outcome)
    .filter(({ refused }) => refused !== null)
    .map(({ name, args, refused }) => `${name}(${args.join()}) ${refused}`);

describe('each call is counted', { timeout: 60_000 }, () => {
  test.each([
    ['of a program', ['count', 777], 777],
    ['of all threads', ['threads', 500], 2000],
  ])('%s', async (_, args, expected) => {
    const outcome = await makeCalls(...args);
    expect(ending(outcome)).toEqual(exited(0));
    expect(countOf(outcome, 'getppid')).toBe(expected);
    expect(countOf(outcome, 'exit_group')).toBe(1);
    expect(countOf(outcome, 'execve')).toBeGreaterThan(0);
  });

  test('of all processes, in the background too', async () => {
    const script = './make-calls count 300 & ./make-calls count 200; wait; echo done';
    const job = { ...programJob('make-calls'), command: ['sh', '-c', script] };
    const outcome = await cell.run(job, TRACED);
    expect(lines(outcome)).toEqual(['done']);
    expect(countOf(outcome, 'getppid')).toBeGreaterThanOrEqual(500);
    expect(countOf(outcome, 'wait4')).toBeGreaterThan(0);
  });

  test('although signals come all the time', async () => {
    const outcome = await makeCalls('interrupted', 3000);
    expect([ending(outcome), lines(outcome)]).toEqual([exited(0), ['interrupted']]);
    expect(countOf(outcome, 'getppid')).toBeGreaterThanOrEqual(3000);
    expect(countOf(outcome, 'rt_sigreturn')).toBeGreaterThan(0);
  });

  test('also of kinds for which there is no room', async () => {
    const outcome = await makeCalls('kinds', 5000);
    expect(ending(outcome)).toEqual(exited(0));
    const uncounted = outcome.systemCalls?.uncounted ?? 0;
    expect(uncounted).toBeGreaterThan(0);
    expect(countOf(outcome, 'ioctl') + uncounted).toBeGreaterThanOrEqual(5000);
  });

  test('up to the end that a limit makes', async () => {
    const job = programJob('make-calls', ['count', 100_000_000], { limits: { wallTime: '300ms' } });
    const outcome = await cell.run(job, TRACED);
    expect(outcome.status).toBe('wall-time-exceeded');
    expect(countOf(outcome, 'getppid')).toBeGreaterThan(100);
  });

  test('up to the end that the caller makes', async () => {
    const script = 'echo there; while :; do /bin/true; done';
    const job = { command: ['sh', '-c', script] };
    const run = await startAndWaitFor(cell.hotcell, job, 'there', TRACED);
    run.kill();
    const outcome = await run.outcome;
    expect(outcome.status).toBe('cancelled');
    expect(countOf(outcome, 'write')).toBeGreaterThan(0);
  });

  test('of runs side by side, each for itself', async () => {
    const counts = Array.from({ length: 12 }, (_, index) => 100 + index);
    const outcomes = await Promise.all(counts.map(async (count) => await makeCalls('count', count)));
    expect(outcomes.map((outcome) => countOf(outcome, 'getppid'))).toEqual(counts);
  });
});

test('a run that is not traced lists nothing', async () => {
  expect((await cell.run({ command: ['true'] })).systemCalls).toBeUndefined();
});

test('a program that is not there is still not found', async () => {
  const outcome = await cell.run({ command: ['no-such-program'] }, TRACED);
  expect([outcome.status, outcome.startFailure]).toEqual(['start-failed', 'not-found']);
});

describe('the list says what a policy would have refused', () => {
  const command = ['/usr/bin/python3', '-c', 'import os, socket; os.fork(); socket.socket(); print("fine")'];

  test('and the program did it all the same', async () => {
    const outcome = await cell.run({ command, seccomp: 'strict' }, TRACED);
    expect(text(outcome.stdout)).toBe('fine\nfine\n');
    const refused = refusedOf(outcome);
    expect(refused.some((line) => /^clone\(\d+\) killed$/.test(line))).toBe(true);
    expect(refused).toContainEqual(expect.stringMatching(/^socket\(2,524289,0\) EAFNOSUPPORT$/));
    expect(outcome.isolation.seccomp).toEqual({ policy: 'strict', path: null });
  });

  test('which is nothing of what the default one allows, and nothing where there is none', async () => {
    for (const seccomp of ['default', 'unconfined'] as const) {
      expect(refusedOf(await cell.run({ command, seccomp }, TRACED))).toEqual([]);
    }
  });
});

test('what no policy may allow is refused to a traced program too', async () => {
  const outcome = await makeCalls('forbidden');
  const { 'user-namespace': userNamespace, ...others } = Object.fromEntries(values(outcome));
  expect(others).toEqual({
    ...{
      keyctl: '1',
      add_key: '1',
      request_key: '1',
      tiocsti: '1',
      'io-uring': '1',
      vsock: '97',
      qrtr: '97',
    },
    ...{ mount: '1', chroot: '1', core: '0', 'core-limit': '1' },
  });
  expect(userNamespace).not.toBe('0');
  expect(refusedOf(outcome)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^unshare\(268435456\) EPERM$/),
      'mount() EPERM',
      'chroot() EPERM',
    ]),
  );
});

test('the list makes a policy under which the program runs, and no other', async () => {
  const command = ['/usr/bin/python3', '-c', 'import subprocess; subprocess.run(["echo", "fine"])'];
  const traced = await cell.run({ command }, TRACED);
  expect(text(traced.stdout)).toBe('fine\n');
  if (traced.systemCalls === undefined) throw new Error('nothing was traced');
  const seccomp = JSON.parse(profileOfSystemCalls(traced.systemCalls, 'default'));
  const again = await cell.run({ command, seccomp });
  expect([text(again.stdout), text(again.stderr)]).toEqual(['fine\n', '']);
  const other = await cell.run({
    command: ['/usr/bin/python3', '-c', 'import socket; socket.socket()'],
    seccomp,
  });
  expect(text(other.stderr)).toMatch(/Function not implemented/);
});

test('where a level has no filter nothing can be traced', async () => {
  for (const isolation of ['namespaces', 'chroot', 'none'] as const) {
    await expect(cell.run({ command: ['true'], isolation }, TRACED)).rejects.toMatchObject({
      code: 'invalid-usage',
      message: `tracing system calls needs isolation "full", not "${isolation}"`,
    });
  }
});

/** What tracing opens, in whatever is left of launcher and sandboxes. */
function openForTraces(): string[] {
  const pids = sandboxProcesses().map(({ pid }) => pid);
  return pids.flatMap((pid) => {
    const directory = `/proc/${pid}/fd`;
    const links = readdirSync(directory).map((fd) => readlinkSync(`${directory}/${fd}`));
    return links.filter((target) => /hotcell-plan|seccomp notify/.test(target));
  });
}

test('nothing of traced runs is left', async () => {
  const run = await startAndWaitFor(cell.hotcell, programJob('sleep-forever'), 'ready', TRACED);
  expect(openForTraces()).not.toEqual([]);
  run.kill();
  await run.outcome;
  for (let round = 0; round < 5; round++)
    await Promise.all(Array.from({ length: 8 }, async () => await makeCalls('count', 10)));
  await vi.waitFor(() => expect(openForTraces()).toEqual([]), { timeout: 10_000 });
  expect(footprint().zombies).toBe(0);
});
