import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createReporter } from '../../../src/report/index.js';
import type { Outcome } from '../../../src/spec/index.js';
import { failed, HOSTILE, outcomeOf, play, read, startOf, tempDir } from './support.js';

async function meta(outcomes: readonly Outcome[]): Promise<Record<string, string>> {
  const directory = join(tempDir(), 'meta');
  await play(createReporter('meta', { file: directory }), outcomes);
  return Object.fromEntries(readdirSync(directory).map((name) => [name, read(join(directory, name))]));
}

describe('meta files', () => {
  it('are refused at the start where no directory can be', async () => {
    expect(() => createReporter('meta')).toThrowError(/needs a directory/);
    const file = join(tempDir(), 'file');
    writeFileSync(file, '');
    const reporter = createReporter('meta', { file });
    await expect(reporter.onStart?.(startOf())).rejects.toMatchObject({
      code: 'io',
      message: expect.stringMatching(/^cannot write meta files into ".*file": a file is where a directory/),
    });
  });

  it.each(Object.entries(HOSTILE))('stay in their directory and one key a line with %s', async (_, text) => {
    const path = `../../${text}/..`;
    const files = await meta([failed({ suite: path, job: path, case: path, failures: [text] })]);
    const [[name, content] = ['', '']] = Object.entries(files);
    expect(Object.keys(files)).toHaveLength(1);
    expect(name).toMatch(/^[A-Za-z0-9%_=,+@~[\]-][A-Za-z0-9._%=,+@~[\]-]{1,204}$/);
    for (const line of content.trimEnd().split('\n')) expect(line).toMatch(/^[a-z-]+:.+$/);
    expect(content).toContain('\nstatus:RE\n');
  });

  it('tell names apart that look alike', async () => {
    const names = ['a/b', 'a%2Fb', 'a~b', 'a', '.', '..', 'x'.repeat(300), `${'x'.repeat(300)}y`];
    const outcomes = names.map((name) => outcomeOf({ suite: name }));
    const more = [
      outcomeOf({ suite: 'a', case: null }),
      outcomeOf({ suite: 'a', case: null, role: 'build' }),
      outcomeOf({ suite: 'a', case: '@build' }),
      outcomeOf({ suite: 'a', attempt: 2 }),
      outcomeOf({ suite: 'a', repeat: 2 }),
    ];
    expect(Object.keys(await meta([...outcomes, ...more]))).toHaveLength(names.length + more.length);
  });

  it('say what isolate would', async () => {
    const killed = failed({
      status: 'cpu-time-exceeded',
      exitCode: null,
      signal: 'SIGKILL',
      killedBy: 'cpu-time',
      failures: ['CPU time limit exceeded'],
    });
    const files = await meta([killed]);
    expect(files['sum~sum~small.meta']).toBe(
      [
        'cg-mem:396',
        'csw-forced:0',
        'csw-voluntary:1',
        'exitsig:9',
        'killed:1',
        'message:CPU time limit exceeded',
        'status:TO',
        'time:0.001',
        'time-wall:0.001',
        'hotcell-status:cpu-time-exceeded',
        'hotcell-verdict:failed',
        '',
      ].join('\n'),
    );
  });

  it('replace those of the run before', async () => {
    const directory = tempDir();
    for (const exitCode of [1, 2]) {
      await play(createReporter('meta', { file: directory }), [failed({ exitCode })]);
      chmodSync(join(directory, 'sum~sum~small.meta'), 0o400);
    }
    expect(readdirSync(directory)).toEqual(['sum~sum~small.meta']);
    expect(read(join(directory, 'sum~sum~small.meta'))).toContain('exitcode:2');
  });
});
