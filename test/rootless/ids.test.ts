/** Who programs are on the host when an ordinary user runs them, and whom and what they reach by it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { readHost } from '../../src/sandbox/index.js';
import { ending, exited, startAndWaitFor, text, useCell } from '../support/cell.js';
import { sandboxProcesses } from '../support/leaks.js';
import { programJob } from '../support/programs.js';

const cell = useCell();
const isSingle = readHost().identities === 'single';
const uid = process.geteuid?.() ?? 0;
const directory = mkdtempSync(join(tmpdir(), 'rootless-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const shell = (script: string, rest = {}) => ({ command: ['/bin/sh', '-c', script], ...rest });

/** As the host sees it. */
function uidOf(name: string): number {
  const found = sandboxProcesses().find((process) => process.name === name);
  if (found === undefined) throw new Error(`there is no process ${name}`);
  return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${found.pid}/status`, 'utf8'))?.[1]);
}

test('these tests are run by an ordinary user', () => {
  expect(uid).not.toBe(0);
});

describe('a program', () => {
  test.each([undefined, '0:0'])(
    'is nobody whom the host knows, unless there is nobody else (user %s)',
    async (user) => {
      const job = { ...shell('echo here; exec sleep 60'), user };
      const run = await startAndWaitFor(cell.hotcell, job, 'here');
      const seen = await vi.waitFor(() => uidOf('sleep'));
      run.kill();
      const outcome = await run.outcome;
      const named = outcome.isolation.degraded.some((line) =>
        line.includes('its user id on this host is yours'),
      );
      expect(seen === uid).toBe(isSingle);
      expect(named).toBe(isSingle);
    },
  );

  test('is in none of the groups and has none of the rights of who runs it', async () => {
    const outcome = await cell.run(shell('id -G; grep -e CapPrm -e CapBnd -e NoNewPrivs /proc/self/status'));
    expect(text(outcome.stdout)).toBe(
      `1000\nCapPrm:\t${'0'.repeat(16)}\nCapBnd:\t${'0'.repeat(16)}\nNoNewPrivs:\t1\n`,
    );
  });

  test('reaches no process outside, however it tries', async () => {
    const canary = spawn('sleep', ['60']);
    try {
      expect(ending(await cell.program('kill-everything'))).toEqual(exited(0));
      expect(canary.exitCode ?? canary.signalCode).toBeNull();
    } finally {
      canary.kill();
    }
  });

  test('sees no file of who runs it', async () => {
    const outcome = await cell.run(
      shell('ls -A /home /root /tmp /run | grep -v :; find / -xdev -name "*.sock" 2>/dev/null'),
    );
    expect(text(outcome.stdout).trim()).toBe('');
  });

  test('takes a few inotify instances only: what it leaves is everybody else’s', async () => {
    const take =
      'import ctypes\nlibc = ctypes.CDLL(None)\nn = 0\nwhile n < 200 and libc.inotify_init1(0) >= 0: n += 1\nprint(n)';
    const outcome = await cell.run({ command: ['python3', '-c', take] });
    expect(text(outcome.stdout)).toBe('16\n');
  });

  test('without isolation is who runs it', async () => {
    const outcome = await cell.run(shell('id -u', { isolation: 'none' }));
    expect(text(outcome.stdout)).toBe(`${uid}\n`);
  });
});

describe('files of a mount', () => {
  test.each([undefined, '0:0'])('are read and written as by who mounts them (user %s)', async (user) => {
    const file = join(directory, `made-${user ?? 'box'}`);
    writeFileSync(join(directory, 'given'), 'given');
    const mounts = [{ source: directory, target: '/m', mode: 'rw' as const }];
    const outcome = await cell.run({
      ...shell(`cat /m/given; echo made > /m/made-${user ?? 'box'}`),
      user,
      mounts,
    });
    expect(ending(outcome)).toEqual(exited(0));
    expect(text(outcome.stdout)).toBe('given');
    expect(readFileSync(file, 'utf8')).toBe('made\n');
    expect(statSync(file)).toMatchObject({ uid, gid: process.getegid?.() });
  });

  test('stay as they are when they are mounted read-only', async () => {
    const mounts = [{ source: directory, target: '/m', mode: 'ro' as const }];
    expect((await cell.run({ ...shell('echo x > /m/new'), mounts })).exitCode).not.toBe(0);
  });

  test('cannot be promised to a user who would not own them', async () => {
    const mounts = [{ source: directory, target: '/m', mode: 'rw' as const }];
    await expect(cell.run({ command: ['true'], user: '7:8', mounts })).rejects.toMatchObject({
      code: 'isolation-unavailable',
    });
  });
});

test('another user is there if there are ids, and refused with the remedy if there are none', async () => {
  const run = cell.run({ ...shell('id -u; id -g'), user: '7:8' });
  if (isSingle)
    await expect(run).rejects.toMatchObject({
      code: 'isolation-unavailable',
      hint: expect.stringContaining('--add-subuids'),
    });
  else expect(text((await run).stdout)).toBe('7\n8\n');
});

test("the host's network is not for a program that would be who runs it", async () => {
  const mounts = [{ source: directory, target: '/m', mode: 'ro' as const }];
  const job = { command: ['true'], network: 'host' as const, mounts };
  await expect(cell.run(job)).rejects.toMatchObject({ code: 'isolation-unavailable' });
  const allowed = await cell.run({ ...job, allowDegraded: true });
  expect(allowed.isolation.degraded.join()).toContain('network "host"');
});

test('isolation chroot is refused, and says what to use', async () => {
  const run = cell.run({ command: ['true'], isolation: 'chroot' });
  await expect(run).rejects.toMatchObject({
    code: 'isolation-unavailable',
    hint: expect.stringContaining('namespaces'),
  });
});

test('nothing of a program that hides is left', async () => {
  await cell.run(programJob('orphan-daemon'));
  expect(sandboxProcesses().map(({ name }) => name)).not.toContain('orphan-daemon');
});
