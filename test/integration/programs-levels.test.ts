import { describe, expect, test, vi } from 'vitest';
import { ISOLATION_LEVELS, type JobInput, type Outcome } from '../../src/spec/index.js';
import { ending, exited, killed, lines, metric, signaled, text, useCell, values } from '../support/cell.js';
import { isAlive, sandboxProcesses } from '../support/leaks.js';

const cell = useCell();

/** What every level of isolation must do alike: only what a program can reach differs between them. */
describe.each(ISOLATION_LEVELS)('isolation %s', (isolation) => {
  const run = async (
    name: string,
    args: readonly (string | number)[] = [],
    rest: Partial<JobInput> = {},
  ): Promise<Outcome> => {
    const outcome = await cell.program(name, args, { isolation, ...rest });
    expect(outcome.isolation.level).toBe(isolation);
    return outcome;
  };

  test('reports exit codes, signals and crashes', async () => {
    for (const code of [0, 1, 126, 127, 128, 137, 255])
      expect(ending(await run('exit-with', [code]))).toEqual(exited(code));
    expect(ending(await run('raise-signal', [15]))).toEqual(signaled('SIGTERM'));
    expect(ending(await run('raise-signal', [9]))).toEqual(signaled('SIGKILL'));
    expect(ending(await run('crash', ['null']))).toEqual(signaled('SIGSEGV'));
  });

  test('says why a program could not be started', async () => {
    const outcome = await cell.run({ command: ['./missing'], isolation });
    expect(outcome).toMatchObject({ status: 'start-failed', exitCode: null });
    expect(outcome.message).toContain('missing');
  });

  test('passes input and output', async () => {
    const outcome = await run('echo-stdin', [], { stdin: 'x'.repeat(300_000) });
    expect(ending(outcome)).toEqual(exited(0));
    expect(text(outcome.stdout)).toBe('x'.repeat(300_000));
    const shell = await run('hello.sh', [4]);
    expect(ending(shell)).toEqual(exited(4));
    expect(text(shell.stderr)).toBe('and an error\n');
  });

  test('gives the same environment and no other descriptors', async () => {
    const names = lines(await run('print-environment', [], { env: { ONE: '1' } }))
      .filter((line) => line.startsWith('env '))
      .map((line) => line.slice(4, line.indexOf('=')));
    expect(names.sort()).toEqual(['HOME', 'ONE', 'PATH']);
    expect(lines(await run('print-fds')).map((line) => line.split(' ')[0])).toEqual(['0', '1', '2']);
  });

  test('runs as the user that the job names, without capabilities', async () => {
    for (const user of ['1000:1000', '1001:1002', 'nobody']) {
      const printed = values(await run('print-credentials', [], { user }));
      const ids = printed.get('Uid')?.split(' ').map(Number) ?? [];
      expect(new Set(ids).size).toBe(1);
      // With chroot alone it is the slot's own range of ids, since no namespace maps it.
      if (isolation !== 'chroot')
        expect(ids[0]).toBe(user === 'nobody' ? 65_534 : Number(user.split(':')[0]));
      expect(ids[0], user).not.toBe(0);
      expect(printed.get('CapPrm')).toBe('0'.repeat(16));
      expect(printed.get('CapBnd')).toBe('0'.repeat(16));
      expect(printed.get('NoNewPrivs')).toBe('1');
    }
  });

  test('holds to the time and output limits', async () => {
    const slow = await run('sleep-forever', [], { limits: { wallTime: 150 } });
    expect(ending(slow)).toEqual(killed('wall-time'));
    expect(metric(slow, 'wallMs')).toBeLessThan(1000);
    expect(ending(await run('ignore-signals', [], { limits: { wallTime: 150 } }))).toEqual(
      killed('wall-time'),
    );
    expect(ending(await run('spin', [], { limits: { cpuTime: 100 } }))).toEqual(killed('cpu-time'));
    expect(ending(await run('flood-stdout', ['both'], { limits: { output: 10_000 } }))).toEqual(
      killed('output'),
    );
  });

  test('leaves no process behind, whatever it did to hide', async () => {
    await run('orphan-daemon');
    await run('background-jobs.sh');
    await run('setsid-storm', ['return'], { limits: { wallTime: 5000 } });
    await run('orphan-daemon', [], { limits: { wallTime: 5000 } });
    const fixtures = /^(orphan-daemon|setsid-storm|sleep)$/;
    const left = (): string[] =>
      sandboxProcesses()
        .filter(isAlive)
        .map(({ name }) => name)
        .filter((name) => fixtures.test(name));
    await vi.waitFor(() => expect(left()).toEqual([]), { timeout: 5000 });
  });
});

describe('a limit that a level cannot hold', () => {
  test.each(['namespaces', 'chroot', 'none'] as const)(
    'is an error with isolation %s if it is asked for',
    async (isolation) => {
      const job = { command: ['/bin/true'], isolation, limits: { memory: '64MiB' } };
      await expect(cell.run(job)).rejects.toMatchObject({ code: 'isolation-unavailable' });
      const degraded = await cell.run({ ...job, allowDegraded: true });
      expect(ending(degraded)).toEqual(exited(0));
      expect(degraded.isolation.degraded.join()).toMatch(/memory/);
    },
  );
});
