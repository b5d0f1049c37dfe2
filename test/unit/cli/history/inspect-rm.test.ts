import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunStore } from '../../../../src/store/index.js';
import { makeStore, runDirectory } from '../../store/support.js';
import { outcome } from '../support.js';
import { history, kept } from './support.js';

async function withRun(): Promise<{ store: RunStore; home: string; id: string }> {
  const { store, home } = await makeStore();
  const live = await store.create({
    kind: 'run',
    name: 'web',
    labels: { team: 'x' },
    image: 'host',
    command: ['a', '\u001b'],
  });
  await live.finish({ exitCode: 3, outcome: outcome({ exitCode: 3, status: 'nonzero-exit' }) });
  return { store, home, id: live.id };
}

describe('hotcell inspect', () => {
  it('needs a run', async () => {
    const { store } = await withRun();
    await expect(history(['inspect'], { store })).rejects.toMatchObject({
      code: 'commander.missingArgument',
    });
  });

  it('prints a list with what is known, and exits with 1 when a run is missing', async () => {
    const { store, home, id } = await withRun();
    const { code, out, err } = await history(['inspect', 'web', 'nothing'], { store });
    expect([code, err]).toEqual([1, 'hotcell inspect: there is no run "nothing"\n']);
    const [run, ...others] = JSON.parse(out) as unknown[];
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      id,
      name: 'web',
      kind: 'run',
      labels: { team: 'x' },
      command: ['a', '\u001b'],
      state: { status: 'exited', running: false, exitCode: 3, pid: null },
      paths: { directory: runDirectory(home, id) },
      outcome: { status: 'nonzero-exit' },
    });
    expect(out).not.toContain('\u001b');
    expect((await history(['inspect', 'nothing'], { store })).out).toBe('[]\n');
  });

  it.each([
    ['{{.State.ExitCode}} {{.state.status}} {{.ID | len}}', '3 exited 26\n'],
    ['{{.Labels.team}} {{index .Labels "none"}} {{json .Labels}}', 'x <no value> {"team":"x"}\n'],
    ['{{range .Command}}[{{.}}]{{end}}', '[a][\\u{1b}]\n'],
    ['{{.Outcome.Metrics.CpuMs}} {{.outcome.limits.pids}} {{.Summary.Total}}', '2 64 <no value>\n'],
    ['{{with .Outcome}}{{.Status}}{{end}}', 'nonzero-exit\n'],
  ])('--format %s', async (format, expected) => {
    const { store } = await withRun();
    expect(await history(['inspect', '--format', format, 'web'], { store })).toEqual({
      code: 0,
      out: expected,
      err: '',
    });
  });

  it('--format json is a line for each', async () => {
    const { store } = await withRun();
    await kept(store, { name: 'other' });
    const { out } = await history(['inspect', '-f', 'json', 'web', 'other'], { store });
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { name: string }).name),
    ).toEqual(['web', 'other']);
  });

  it('names the place in a format that is wrong', async () => {
    const { store } = await withRun();
    expect(await history(['inspect', '-f', '{{.State.ExitCoed}}', 'web'], { store })).toEqual({
      code: 2,
      out: '',
      err: '--format: template 1:9: there is no field ".ExitCoed"; did you mean .exitCode?\n',
    });
  });
});

describe('hotcell rm', () => {
  it('removes what it can, names it, and exits with 1 for what it cannot', async () => {
    const { store, home } = await withRun();
    await using running = await store.create({ kind: 'run', name: 'busy' });
    const { code, out, err } = await history(['rm', 'busy', 'nothing', 'web'], { store });
    expect([code, out]).toEqual([1, 'web\n']);
    expect(err).toBe(
      [
        'hotcell rm: run "busy" is running',
        'hotcell rm: wait for its end, or end and remove it: hotcell rm -f',
        'hotcell rm: there is no run "nothing"',
        '',
      ].join('\n'),
    );
    expect(readdirSync(join(home, 'runs'))).toEqual([running.id]);
  });

  it('-f does not end a process that does more than the run', async () => {
    const { store } = await makeStore();
    await using live = await store.create({ kind: 'run', name: 'busy', stoppable: true });
    const { code, err } = await history(['rm', '-f', 'busy'], { store });
    expect([code, err]).toEqual([
      1,
      `hotcell rm: the run cannot be ended from here: process ${process.pid} does more than this run\n`,
    ]);
    expect((await store.get(live.id)).state).toBe('running');
  });
});
