import { linkSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { suiteKit } from '../../../../src/cli/suite-kit.js';
import { createReporter, readHostReport } from '../../../../src/engine/index.js';
import type { Outcome } from '../../../../src/spec/index.js';
import { cli, FakeIo, outcome } from '../support.js';
import { summaryOf } from '../test/support.js';

let dir = '';
let io: FakeIo;

beforeEach(() => {
  io = new FakeIo();
  dir = mkdtempSync(join(tmpdir(), 'hotcell-report-'));
});

afterEach(() => {
  rmSync(dir, { recursive: true });
});

const report = async (...argv: string[]) => {
  const { code, out, err } = await cli(['report', ...argv], { io, loadKit: async () => suiteKit });
  return { code, out, err };
};

/** What `hotcell test --reporter json=FILE` writes of these outcomes. */
async function written(name: string, outcomes: readonly Outcome[]): Promise<string> {
  const path = join(dir, name);
  const reporter = createReporter('json', { file: path });
  const startedAt = '2026-01-01T00:00:00.000Z';
  const host = readHostReport();
  const total = outcomes.length;
  await reporter.onStart?.({ id: 'r1', version: '1', startedAt, host, total, suites: ['s'], workers: 1 });
  for (const one of outcomes) await reporter.onOutcome(one);
  const end = { id: 'r1', startedAt, finishedAt: startedAt, wallMs: 1, host };
  await reporter.onEnd?.({ ...summaryOf(outcomes), points: null, ...end });
  return path;
}

const passed = outcome({ suite: 's', job: 'a' });
const failed = outcome({ suite: 's', job: 'a', verdict: 'failed', failures: ['exit code 1'], exitCode: 1 });

describe('report', () => {
  it('makes one of several', async () => {
    const a = await written('a.json', [{ ...passed, id: '1' }]);
    const b = await written('b.json', [{ ...failed, job: 'b', id: '2' }]);
    const { code, out, err } = await report(a, b);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('1 failed, 1 passed of 2');
    const again = await written('again.json', [
      { ...passed, job: 'b', id: '3', finishedAt: '2099-01-01T00:00:00.000Z' },
    ]);
    expect((await report(a, b, again)).err).toMatch(
      /"s › b" is in ".*b\.json" and in ".*again\.json"\n.*--latest/,
    );
    expect((await report('--latest', a, b, again)).out).toContain('2 passed of 2');
    expect(await report(a, b, '--reporter', `json=${b}`)).toMatchObject({ code: 2 });
    expect(await report()).toMatchObject({ code: 2 });
  });

  it('refuses what is no report', async () => {
    const path = join(dir, 'x.json');
    expect(await report(path)).toMatchObject({ code: 125, out: '' });
    writeFileSync(path, '{"version": 1}');
    expect(await report(path)).toMatchObject({ code: 2, out: '' });
    expect(await report(path, '--reporter', 'jnuit')).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean "junit"?'),
    });
  });

  it('does not overwrite what it reads, whatever it is called', async () => {
    const path = await written('a.json', [passed]);
    const before = readFileSync(path, 'utf8');
    symlinkSync('a.json', join(dir, 'symbolic.json'));
    linkSync(path, join(dir, 'hard.json'));
    const names = [path, `${dir}/./a.json`, relative('', path), `${dir}/symbolic.json`, `${dir}/hard.json`];
    for (const name of names) {
      io = new FakeIo();
      expect(await report(path, '--reporter', `jsonl=${name}`)).toMatchObject({
        code: 2,
        err: `hotcell report: --reporter: jsonl=${name} would overwrite the report that it is made from\n`,
      });
    }
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('is a summary unless said otherwise, and 0 whatever it says', async () => {
    const { code, out } = await report(await written('a.json', [passed, { ...failed, job: 'b' }]));
    expect(code).toBe(0);
    expect(out).toContain('s › b');
  });

  it('makes several at once', async () => {
    const path = await written('a.json', [passed]);
    const { code, out } = await report(
      path,
      '--reporter',
      'tap',
      '--reporter',
      `junit=${join(dir, 'j.xml')}`,
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^TAP version 14\n/);
  });

  it('ends without a word when its reader is gone', async () => {
    const path = await written('a.json', [passed]);
    io.stdout.error = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    expect(await report(path)).toEqual({ code: 141, out: '', err: '' });
  });
});

describe('report diff', () => {
  it('exits with 1 when something fails that passed before', async () => {
    const [before, after] = [await written('a.json', [passed]), await written('b.json', [failed])];
    const { code, out } = await report('diff', before, after);
    expect([code, out]).toEqual([1, expect.stringContaining('WORSE')]);
    expect(await report('diff', after, before)).toMatchObject({ code: 0 });
  });

  it('prints JSON if asked to', async () => {
    const [before, after] = [await written('a.json', [passed]), await written('b.json', [failed])];
    const { out } = await report('diff', '--json', before, after);
    expect(JSON.parse(out)).toMatchObject({ ok: false, newFailures: [{ title: 's › a' }] });
  });
});
