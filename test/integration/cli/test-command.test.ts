import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Outcome, readReport } from '../../../src/engine/index.js';
import { finished, hotcell, processesWith, type Running, start, useDirectory } from './support.js';

const EXAMPLES = fileURLToPath(new URL('../../../fixtures/suites/examples', import.meta.url));

const dir = useDirectory();

/** A history of the test's own, and no CI system that would change what is shown. */
const around = () => ({ cwd: dir.path, env: { HOTCELL_HOME: join(dir.path, 'home'), CI: '' } });

async function test(...argv: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const { code, stdout, stderr } = await hotcell(['test', ...argv], around());
  return { code, out: stdout.toString(), err: stderr };
}

const begin = (...argv: string[]): Running => start(['test', ...argv], around());

function suite(name: string, lines: readonly string[]): string {
  const path = join(dir.path, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

const path = (name: string): string => join(dir.path, name);

async function outcomesIn(
  file: string,
): Promise<{ outcomes: Outcome[]; stopped: string | null | undefined }> {
  const report = await readReport(file);
  const outcomes: Outcome[] = [];
  for await (const outcome of report.outcomes()) outcomes.push(outcome);
  return { outcomes, stopped: report.summary?.stopped };
}

/** An argument that no other process of the machine has, to see whether anything is left. */
const mark = (): string => `hotcell-mark-${process.pid}-${performance.now()}`;

/** One quick job, then some that do not end soon; `word` is in the command line of each. */
const slowSuite = (word: string): string =>
  suite('slow.suite.yaml', [
    'jobs:',
    '  - { name: quick, command: ["true"], priority: 10 }',
    '  - name: slow',
    '    matrix: { n: ["1", "2", "3"] }',
    `    command: [sh, -c, "sleep 30; true", ${word}]`,
  ]);

/** Waits until `stream` has said `words`; everything that it says goes on to be read. */
async function said(stream: Readable, words: string): Promise<void> {
  let seen = '';
  await new Promise<void>((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes(words)) resolve();
    });
    stream.once('end', () => reject(new Error(`ended without "${words}": ${seen}`)));
  });
}

describe('a submission that was never handed in', () => {
  it('stops nobody else, and is told by its path', async () => {
    writeFileSync(path('ann.sh'), 'echo 1');
    const file = suite('subs.suite.yaml', [
      'jobs:',
      '  - name: sub',
      '    matrix: { who: [ann, bob, cid] }',
      `    files: { main.sh: { path: "\${matrix.who}.sh", mayBeMissing: true } }`,
      '    build: { command: [cp, main.sh, prog], outputs: [prog] }',
      '    command: [sh, prog]',
      '    cases: [{ name: one, points: 3, expect: { stdout: "1\\n" } }]',
      '  - { name: lonely, command: [cat, a], files: { a: { path: no.txt, mayBeMissing: true } } }',
    ]);
    const { code, out, err } = await test(file, '--reporter', `json=${path('r.json')}`);
    expect(code).toBe(1);
    expect(out).toContain(`files.main.sh: "${path('bob.sh')}": there is no such file`);
    expect(out).toContain('1 in error, 2 not run, 1 passed of 4');
    expect(out).toContain('Points     3 of 9');
    expect(err).toContain('subs.suite.yaml › sub[who=cid]: files.main.sh: ');
    const { outcomes } = await outcomesIn(path('r.json'));
    const lonely = outcomes.find(({ job }) => job === 'lonely');
    expect(lonely).toMatchObject({ status: 'start-failed', verdict: 'error', command: ['cat', 'a'] });
  });
});

describe('the exit code of hotcell test', () => {
  it('is 0 when everything passes', async () => {
    const { code, out } = await test(EXAMPLES, '--reporter', 'summary', '--reporter', 'json=run.json');
    const { outcomes, stopped } = await outcomesIn(path('run.json'));
    expect([code, stopped]).toEqual([0, null]);
    expect(out).toContain('PASSED');
    const cases = outcomes.filter(({ role, final }) => role === 'program' && final);
    expect(cases.length).toBeGreaterThan(15);
    expect(cases.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
  });

  it('is 1 when something does not', async () => {
    const file = suite('bad.yaml', [
      'jobs:',
      '  - { name: right, command: [echo, "3"], expect: { stdout: "3\\n" } }',
      '  - { name: wrong, command: [echo, "4"], expect: { stdout: "3\\n" } }',
    ]);
    const { code, out, err } = await test(file);
    expect(code).toBe(1);
    expect(out).toContain('FAILED');
    expect(err).toMatch(/✗ .*wrong/);
    expect(err).toMatch(/✓ .*right/);
  });

  it('is 2 when suites are wrong, with every problem of every file', async () => {
    suite('a.suite.yaml', [
      'jobs:',
      '  - { name: x, comand: [a] }',
      '  - { name: y, command: [a], limts: {} }',
    ]);
    suite('b.suite.yaml', ['jobs: [{ name: z, command: [a], needs: [z] }]']);
    const { code, out, err } = await test('.');
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^hotcell: a\.suite\.yaml:2:\d+: .*command/m);
    expect(err).toMatch(/^hotcell: a\.suite\.yaml:3:\d+: .*limits/m);
    expect(err).toMatch(/^hotcell: b\.suite\.yaml:1:\d+: .*z/m);
  });

  it.each([
    [['missing.yaml']],
    [['--shard', '3/2', EXAMPLES]],
    [['--filter', 'no such title', EXAMPLES]],
    [['--reporter', 'html=a', '--reporter', 'json=a', EXAMPLES]],
    [['--resume', 'nothing', EXAMPLES]],
    [['--name', '../x', EXAMPLES]],
  ])('is 2 for %j', async (argv) => {
    const { code, out, err } = await test(...argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^hotcell/);
  });

  it('is 125 when a report cannot be written, and nothing has run', async () => {
    mkdirSync(path('taken'));
    const { code, out, err } = await test(EXAMPLES, '--reporter', 'junit=taken', '--reporter', 'json=b.json');
    expect([code, out, existsSync(path('b.json'))]).toEqual([125, '', false]);
    expect(err).toBe('hotcell: cannot write the report "taken": is a directory\n');
  });
});

describe('a report of hotcell test into a pipe', () => {
  const pipe = (): string => {
    execFileSync('mkfifo', [path('pipe')]);
    return path('pipe');
  };

  it('that nobody reads is 125, and nothing has run', async () => {
    pipe();
    const { code, out, err } = await test(EXAMPLES, '--reporter', 'json=pipe');
    expect([code, out]).toEqual([125, '']);
    expect(err).toBe('hotcell: cannot write the report "pipe": nobody reads this pipe\n');
  });

  it('whose reader stands still is left at the second signal', async () => {
    // Opened for both, so that it is read by nobody but has a reader.
    const reader = openSync(pipe(), 'r+');
    const file = suite('long.yaml', [
      'jobs:',
      '  - name: long',
      '    matrix: { n: ["1", "2", "3", "4"] }',
      '    command: [sh, -c, "head -c 60000 /dev/zero | tr \\\\0 x"]',
    ]);
    const child = begin(file, '-j', '1', '--reporter', 'json=pipe');
    const ended = finished(child);
    await said(child.stderr, 'n=4');
    child.kill('SIGTERM');
    await said(child.stderr, 'interrupted');
    child.kill('SIGTERM');
    expect((await ended).code).toBe(143);
    closeSync(reader);
  });
});

describe('what hotcell test writes', () => {
  it('is every report that is asked for, and nothing beside them', async () => {
    const names = ['json', 'jsonl', 'junit', 'tap', 'ctrf', 'meta', 'csv', 'html'];
    const reporters = names.flatMap((name) => ['--reporter', `${name}=out/${name}`]);
    const { code, out, err } = await test(EXAMPLES, '-q', ...reporters);
    expect([code, out, err]).toEqual([0, '', '']);
    expect(readdirSync(path('out')).sort()).toEqual(names.sort());
    expect(readFileSync(path('out/html'), 'utf8')).toMatch(/^<!doctype html>/i);
  });

  it('is read again by hotcell report', async () => {
    await test(EXAMPLES, '-q', '--filter', 'sum', '--reporter', 'json=a.json');
    const { code, stdout } = await hotcell(['report', 'a.json', '--reporter', 'tap'], around());
    expect([code, stdout.toString()]).toEqual([0, expect.stringMatching(/^TAP version 14\n/)]);
  });

  it('is for a new suite of hotcell init that all passed', async () => {
    await hotcell(['init', 'new'], around());
    const { code, out } = await test('new');
    expect([code, out]).toEqual([0, expect.stringContaining('PASSED')]);
  });

  it('is a list of titles with --list', async () => {
    const { code, out } = await test(EXAMPLES, '--list', '--filter', '/^sum › sum › (small|big)$/');
    expect([code, out]).toEqual([0, 'sum › sum › small\nsum › sum › big\n']);
  });

  it('is, of all shards together, every case once', async () => {
    const shards = ['1/3', '2/3', '3/3'].map(
      async (shard) => (await test(EXAMPLES, '--list', '--shard', shard)).out,
    );
    const all = (await test(EXAMPLES, '--list')).out.split('\n').sort();
    expect((await Promise.all(shards)).join('').split('\n').sort()).toEqual(all);
  });
});

describe('Ctrl-C during hotcell test', () => {
  it('once kills what runs, and the reports are complete', async () => {
    const word = mark();
    const child = begin(slowSuite(word), '--reporter', 'summary', '--reporter', 'json=run.json');
    await said(child.stderr, '✓');
    child.kill('SIGINT');
    const { code, stdout } = await finished(child);
    const { outcomes, stopped } = await outcomesIn(path('run.json'));
    expect([code, stopped, outcomes.length]).toEqual([130, 'cancelled', 4]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
      'ok',
    ]);
    expect(stdout.toString()).toContain('FAILED');
    expect(processesWith(word)).toEqual([]);
  });

  it('once lets what runs finish with --on-interrupt finish', async () => {
    const file = suite('short.yaml', [
      'jobs:',
      '  - { name: quick, command: ["true"], priority: 10 }',
      '  - { name: short, matrix: { n: ["1", "2", "3", "4"] }, command: [sleep, "1"] }',
    ]);
    const child = begin(file, '-j', '1', '--on-interrupt', 'finish', '--reporter', 'json=run.json');
    await said(child.stderr, '✓');
    child.kill('SIGINT');
    const { code } = await finished(child);
    const { outcomes, stopped } = await outcomesIn(path('run.json'));
    expect([code, stopped, outcomes.length]).toEqual([130, 'cancelled', 5]);
    expect(outcomes.filter(({ killedBy }) => killedBy !== null)).toEqual([]);
    expect(outcomes.filter(({ status }) => status === 'cancelled').length).toBeGreaterThan(1);
  });

  it('again and again leaves at once, and nothing is left', async () => {
    const word = mark();
    const child = begin(slowSuite(word), '--on-interrupt', 'finish');
    await said(child.stderr, '✓');
    const again = setInterval(() => child.kill('SIGINT'), 50);
    const { code, signal } = await finished(child);
    clearInterval(again);
    // The next one may come while it leaves, and ends it then.
    expect(signal ?? code).toBeOneOf([130, 'SIGINT']);
    await expect.poll(() => processesWith(word), { timeout: 10_000 }).toEqual([]);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('is like %s, but for the exit code', async (signal, code) => {
    const word = mark();
    const child = begin(slowSuite(word), '--on-interrupt', 'finish', '--reporter', 'json=run.json');
    await said(child.stderr, '✓');
    child.kill(signal);
    expect((await finished(child)).code).toBe(code);
    expect((await outcomesIn(path('run.json'))).stopped).toBe('cancelled');
    expect(processesWith(word)).toEqual([]);
  });
});

describe('a reader of hotcell test that goes away', () => {
  it('ends it without a word', async () => {
    const word = mark();
    const file = suite('endless.suite.yaml', [
      'jobs:',
      '  - name: steady',
      '    matrix: { n: ["1", "2", "3", "4", "5", "6"] }',
      // As much as a report gathers before it writes.
      '    command: [sh, -c, "sleep 0.1; head -c 50000 /dev/zero | tr \\\\0 x"]',
      `  - { name: slow, command: [sh, -c, "sleep 30; true", ${word}], priority: 1 }`,
    ]);
    const child = begin(file, '-j', '2', '--reporter', 'jsonl');
    await once(child.stdout, 'readable');
    child.stdout.destroy();
    // The next outcome that is written finds nobody, and the slow one is not waited for.
    const stderr: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    const [code] = (await once(child, 'close')) as [number | null];
    expect([code, Buffer.concat(stderr).toString()]).toEqual([141, '']);
    expect(processesWith(word)).toEqual([]);
  });

  it('of the progress only costs nothing', async () => {
    const child = begin(EXAMPLES, '--filter', 'sum', '--reporter', 'json=run.json');
    child.stderr.destroy();
    const [code] = (await once(child.stdout.resume(), 'end').then(
      async () => await once(child, 'close'),
    )) as [number];
    expect([code, (await outcomesIn(path('run.json'))).stopped]).toEqual([0, null]);
  });
});

describe('the history of hotcell test', () => {
  it('goes on with a run’s own files only, and says what it has', async () => {
    const [one, other] = ['one.yaml', 'other.yaml'].map((name) =>
      suite(name, ['jobs: [{ name: quick, command: ["true"] }]']),
    ) as [string, string];
    await test(one, '-q', '--name', 'first');
    expect(await test(other, '--resume', 'first')).toEqual({
      code: 2,
      out: '',
      err: expect.stringMatching(/run first was of ".*one\.yaml", not of ".*other\.yaml"/),
    });
    const { code, err } = await test('one.yaml', '--resume', 'first');
    expect([code, err]).toEqual([
      0,
      expect.stringMatching(/^hotcell: taking up run \w+: 1 of 1 have results\n/),
    ]);
  });

  it('gives an interrupted run to --resume, which runs only what has no result', async () => {
    const file = suite('resumed.yaml', [
      'jobs:',
      '  - { name: quick, command: ["true"], priority: 10 }',
      '  - { name: slow, command: [sleep, "2"], matrix: { n: ["1", "2", "3"] } }',
    ]);
    const child = begin(file, '-j', '1');
    await said(child.stderr, '✓');
    child.kill('SIGINT');
    const { code, stderr } = await finished(child);
    expect(code).toBe(130);
    const id = /hotcell test --resume (\w+)/.exec(stderr)?.[1] ?? '';
    const resumed = await test('--resume', id, '--reporter', 'json=run.json');
    const { outcomes } = await outcomesIn(path('run.json'));
    expect([resumed.code, outcomes.map(({ verdict }) => verdict)]).toEqual([0, Array(4).fill('passed')]);
    expect(new Set(outcomes.map(({ job }) => job)).size).toBe(4);
  });

  it('survives the death of Hotcell', async () => {
    const file = slowSuite(mark());
    const child = begin(file, '--name', 'doomed', '--filter', '/quick|n=1/', '--repeat', '2');
    await said(child.stderr, '✓');
    child.kill('SIGKILL');
    await finished(child);
    const { stdout } = await hotcell(['ps', '-a'], around());
    expect(stdout.toString()).toMatch(/doomed/);
    expect(await test('--resume', 'doomed', '--filter', 'quick')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--resume goes on with a run that had --filter "/quick|n=1/"'),
    });
    writeFileSync(
      path('slow.suite.yaml'),
      readFileSync(path('slow.suite.yaml'), 'utf8').replace('sleep 30;', ''),
    );
    const { code, out } = await test('--resume', 'doomed');
    expect([code, out]).toEqual([0, expect.stringContaining('4 passed of 4')]);
  });
});
