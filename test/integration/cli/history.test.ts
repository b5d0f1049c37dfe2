import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { finished, hotcell, printed, processesWith, start, useDirectory } from './support.js';

const directory = useDirectory();

/** A command that keeps its history in the test's own directory. */
async function kept(...argv: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const { code, stdout, stderr } = await hotcell(argv, { env: { HOTCELL_HOME: directory.path } });
  return { code, out: stdout.toString(), err: stderr };
}

const startKept = (...argv: string[]) => start(argv, { env: { HOTCELL_HOME: directory.path } });

describe('the history', () => {
  it('has a named run with its output and its outcome, until it is removed', async () => {
    const script = 'echo out; echo err >&2; exit 3';
    expect(await kept('run', '--name', 'web', '-l', 'team=x', 'sh', '-c', script)).toEqual({
      code: 3,
      out: 'out\n',
      err: 'err\n',
    });
    expect(await kept('run', '--name', 'web', 'true')).toMatchObject({ code: 2, out: '' });
    const format = '{{.Names}} {{.Image}} {{.State}} {{.ExitCode}} {{.Label "team"}}';
    expect(await kept('ps', '-a', '--filter', 'name=w*', '--format', format)).toMatchObject({
      code: 0,
      out: 'web host exited 3 x\n',
    });
    expect(await kept('logs', 'web')).toEqual({ code: 0, out: 'out\n', err: 'err\n' });
    const inspected = await kept(
      'inspect',
      '--format',
      '{{.outcome.status}} {{.outcome.isolation.level}}',
      'web',
    );
    expect(inspected).toMatchObject({ code: 0, out: 'nonzero-exit full\n' });
    expect(await kept('rm', 'web')).toEqual({ code: 0, out: 'web\n', err: '' });
    expect(await kept('ps', '-aq')).toEqual({ code: 0, out: '', err: '' });
  });

  it('follows a run, and ends it with all of its processes when it is removed by force', async () => {
    const mark = '61.5';
    const running = startKept('run', '--name', 'long', 'sh', '-c', `echo ready; sleep ${mark}`);
    const ending = finished(running);
    await printed(running, 'ready');
    const following = startKept('logs', '-f', 'long');
    await printed(following, 'ready');
    const followed = once(following, 'close');
    following.stdout.resume();
    expect(await kept('rm', 'long')).toMatchObject({ code: 1, out: '' });
    expect(await kept('rm', '-f', 'long')).toEqual({ code: 0, out: 'long\n', err: '' });
    expect(await ending).toMatchObject({ code: 143 });
    expect(await followed).toEqual([0, null]);
    expect(processesWith(mark)).toEqual([]);
    expect(await kept('ps', '-aq')).toMatchObject({ out: '' });
  });

  it('knows that a run was lost when Hotcell was killed', async () => {
    const running = startKept('run', '--name', 'killed', 'sh', '-c', 'echo ready; sleep 60');
    const ending = finished(running);
    await printed(running, 'ready');
    expect(await kept('ps', '--format', '{{.Names}} {{.State}}')).toMatchObject({ out: 'killed running\n' });
    running.kill('SIGKILL');
    await ending;
    expect(await kept('ps', '--filter', 'status=lost', '--format', '{{.Names}} {{.Status}}')).toMatchObject({
      out: 'killed Exited (lost)\n',
    });
    expect(await kept('logs', 'killed')).toMatchObject({ code: 0, out: 'ready\n' });
    expect(await kept('rm', 'killed')).toMatchObject({ code: 0 });
  });
});
