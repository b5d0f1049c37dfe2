import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Case, loadSuites, type Outcome, outcomeSchema, type Suite } from '../../src/spec/index.js';
import type { BuiltFile } from '../../src/worker/index.js';
import { caseOf, useJudging } from '../support/cases.js';
import { text } from '../support/cell.js';

const judging = useJudging();
const DIRECTORY = fileURLToPath(new URL('../../fixtures/suites/guessing/', import.meta.url));

let suite: Suite | undefined;
const built: Record<string, readonly BuiltFile[]> = {};

beforeAll(async () => {
  [suite] = await loadSuites([`${DIRECTORY}guessing.suite.yaml`], { cwd: DIRECTORY });
  for (const build of suite?.builds ?? []) {
    const { outcome, files } = await judging.build(build);
    if (outcome.verdict !== 'passed') throw new Error(`${build.name}: ${JSON.stringify(outcome)}`);
    built[build.id] = files;
  }
}, 120_000);

function game(name: string): Case {
  const found = suite?.cases.find(({ job }) => job === name);
  if (found === undefined) throw new Error(`there is no game "${name}"`);
  return found;
}

const shell = (script: string) => ({
  command: ['/bin/sh', '-c', script],
  limits: { wallTime: '10s', cpuTime: '5s', output: '256KiB' },
});

const talk = (program: string, interactor: string): Promise<Outcome> =>
  judging.run(caseOf({ program: shell(program), interactor: shell(interactor) }));

const interactorOf = ({ companions }: Outcome): Outcome['companions'][number] => {
  const [found] = companions;
  if (found === undefined) throw new Error('there is no interactor');
  return found;
};

describe('a guessing game', () => {
  test('has the verdict, for the reason, of whoever misbehaved', async () => {
    const cases = suite?.cases.filter(({ job }) => job !== 'ten thousand exchanges') ?? [];
    const outcomes = await Promise.all(cases.map((item) => judging.run(item, built)));
    expect(outcomes.map(({ job, verdict }) => `${job}: ${verdict}`)).toEqual(
      cases.map(({ job, labels }) => `${job}: ${labels.verdict}`),
    );
    for (const outcome of outcomes) {
      const { verdict, failures, message, labels } = outcome;
      const reason = verdict === 'error' ? message : failures.join('\n');
      expect(reason ?? '', outcome.job).toContain(labels.reason ?? '');
      expect(failures.length > 0, outcome.job).toBe(verdict === 'failed');
      expect(outcomeSchema.parse(outcome)).toEqual(outcome);
    }
    expect(cases.length).toBeGreaterThanOrEqual(18);
  });

  test('of ten thousand exchanges takes seconds', async () => {
    const startedAt = performance.now();
    const outcome = await judging.run(game('ten thousand exchanges'), built);
    const tookMs = performance.now() - startedAt;
    expect(outcome).toMatchObject({ verdict: 'passed', status: 'ok', failures: [] });
    const [, exchanges] = /^(\d+) exchanges\n$/.exec(text(interactorOf(outcome).stderr)) ?? [];
    expect(Number(exchanges)).toBeGreaterThanOrEqual(10_000);
    expect(tookMs).toBeLessThan(60_000);
  }, 150_000);

  test('reports both with their own limits and figures', async () => {
    const outcome = await judging.run(game('both play well'), built);
    const interactor = interactorOf(outcome);
    expect(outcome.role).toBe('program');
    expect(outcome.limits.wallTimeMs).toBe(8000);
    expect(interactor).toMatchObject({ role: 'interactor', status: 'ok', exitCode: 0 });
    expect(interactor.limits.wallTimeMs).toBe(12_000);
    expect(interactor.metrics.cpuMs).toBeGreaterThan(0);
    expect(text(outcome.stdout).split('\n').length).toBe(text(interactor.stdout).split('\n').length - 4);
  });
});

describe('a program and its interactor', () => {
  test('get what the other wrote, byte for byte', async () => {
    const bytes = 'head -c 200000 /dev/urandom > sent; cat sent; exec >&-; cat > got; cmp sent got';
    const outcome = await talk('head -c 200000', bytes);
    expect(outcome).toMatchObject({ verdict: 'passed', stdout: { bytes: 200_000 } });
  });

  test('see the end of the other as the end of their input', async () => {
    expect(await talk('cat > /dev/null; exit 0', 'echo hello; exit 0')).toMatchObject({ verdict: 'passed' });
    expect(await talk('echo hello', 'cat > /dev/null')).toMatchObject({ verdict: 'passed' });
  });

  test('that both write without reading meet their own limits', async () => {
    const outcome = await talk('exec yes', 'exec yes');
    expect(outcome.status).toBe('output-exceeded');
    expect(interactorOf(outcome).status).toBe('output-exceeded');
    expect(outcome.verdict).not.toBe('passed');
  });

  test('that neither read nor write end at the wall time of the program', async () => {
    const silent = (wallTime: string) => ({ command: ['/bin/sleep', '1000'], limits: { wallTime } });
    const item = caseOf({ program: silent('500ms'), interactor: silent('1s') });
    expect(await judging.run(item)).toMatchObject({ verdict: 'failed', status: 'wall-time-exceeded' });
  });

  test.each([
    ['half a line', 'read question; printf 4; exec sleep 1000', 'read answer; exit 0', []],
    [
      'half a line, and is ruled wrong',
      'read question; printf 4; exec sleep 1000',
      'read answer || { echo no answer >&2; exit 1; }',
      ['interactor: no answer'],
    ],
    [
      'half a line to one that breaks',
      'read question; printf 4; exec sleep 1000',
      'read answer || exit 3',
      [],
    ],
    [
      'one byte too many',
      'read question; echo 42; read right; printf x; exec sleep 1000',
      'read answer; echo right; read end; exit 0',
      [],
    ],
  ])('fail when the program writes %s and sleeps', async (_what, program, listen, reasons) => {
    const item = caseOf({
      program: { ...shell(program), limits: { wallTime: '500ms' } },
      interactor: shell(`echo question; ${listen}`),
    });
    const outcome = await judging.run(item);
    expect(outcome).toMatchObject({ verdict: 'failed', status: 'wall-time-exceeded' });
    expect(outcome.failures).toEqual([expect.stringContaining('status wall-time-exceeded'), ...reasons]);
  });

  test('are an error when the interactor neither answers nor listens', async () => {
    const item = caseOf({
      program: { ...shell('echo 42; read right'), limits: { wallTime: '500ms' } },
      interactor: { ...shell('read answer; exec sleep 1000'), limits: { wallTime: '1s' } },
    });
    const outcome = await judging.run(item);
    expect(outcome).toMatchObject({ verdict: 'error', failures: [] });
    expect(outcome.message).toContain('the interactor was silent');
  });

  test('whose interactor waits for an answer until its own time is over: the program was silent', async () => {
    const item = caseOf({
      program: { ...shell('cat > /dev/null'), limits: { wallTime: '20s' } },
      interactor: { ...shell('echo question; read answer'), limits: { wallTime: '1s' } },
    });
    const outcome = await judging.run(item);
    expect(outcome).toMatchObject({ verdict: 'failed', status: 'ok' });
    expect(outcome.failures[0]).toContain('the program was silent');
  });

  test('are judged by the interactor though the program is also wrong, whoever ended first', async () => {
    const both = await talk('read x; exit 4', 'echo wrong >&2; exit 1');
    expect(both.failures).toContain('interactor: wrong');
    const after = await talk('exit 4', 'cat > /dev/null; echo wrong >&2; exit 1');
    expect(after.failures).toEqual(['status nonzero-exit (exit code 4), expected ok', 'interactor: wrong']);
    const before = await talk('cat > /dev/null; exit 4', 'echo wrong >&2; exit 1');
    expect(before.failures).toEqual(['interactor: wrong', 'status nonzero-exit (exit code 4), expected ok']);
  });

  test('are never right when the interactor was killed after it had said so', async () => {
    expect(await talk('cat > /dev/null', 'kill -KILL $$')).toMatchObject({
      verdict: 'error',
      failures: [],
      message: 'the interactor broke: killed by SIGKILL',
    });
  });

  test('cannot write terminal escapes into the reason, whose lines are kept', async () => {
    const outcome = await talk('cat > /dev/null', "printf 'a\\033[31mb\\nc\\000' >&2; exit 1");
    expect(outcome.failures).toEqual(['interactor: a\\u{1b}[31mb\nc␀']);
  });

  test('are both cancelled', async () => {
    const abort = new AbortController();
    const item = caseOf({ program: shell('read x'), interactor: shell('read x') });
    const running = judging.run(item, {}, abort.signal);
    setImmediate(() => abort.abort());
    const outcome = await running;
    expect(outcome).toMatchObject({ verdict: 'skipped', status: 'cancelled' });
    expect(interactorOf(outcome).status).toBe('cancelled');
  });

  test('one of which cannot be made end both, with the error', async () => {
    const missing = { ...shell('cat'), files: { x: { path: '/there/is/nothing' } } };
    await expect(judging.run(caseOf({ program: shell('cat'), interactor: missing }))).rejects.toMatchObject({
      code: 'invalid-spec',
    });
    await expect(judging.run(caseOf({ program: missing, interactor: shell('cat') }))).rejects.toMatchObject({
      code: 'invalid-spec',
    });
  });

  test('one of which cannot be started is an error', async () => {
    const none = { command: ['./nothing'] };
    expect(await judging.run(caseOf({ program: none, interactor: shell('cat') }))).toMatchObject({
      verdict: 'error',
      status: 'start-failed',
    });
    const outcome = await judging.run(caseOf({ program: shell('cat'), interactor: none }));
    expect(outcome).toMatchObject({ verdict: 'error', failures: [] });
    expect(outcome.message).toMatch(/^the interactor broke: not found: \.\/nothing/);
  });
});

test('an interactor that hangs and was given no time of its own has a second more than its program', async () => {
  const outcome = await judging.run(
    caseOf({
      program: { ...shell('echo answer; read reply'), limits: { wallTime: '300ms' } },
      interactor: { command: ['/bin/sleep', '1000'] },
    }),
  );
  expect([outcome.status, outcome.verdict]).toEqual(['wall-time-exceeded', 'error']);
  expect(interactorOf(outcome).status).toBe('wall-time-exceeded');
  expect(interactorOf(outcome).limits.wallTimeMs).toBe(1300);
});
