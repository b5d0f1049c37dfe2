import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { afterAll, describe, expect, test } from 'vitest';
import { HotcellError } from '../../../src/core/index.js';
import { type Outcome, STATUSES, type Status } from '../../../src/spec/index.js';
import { programOf, textExpectation } from '../../support/cases.js';
import { ended, judged, withStatus } from './support.js';

const dir = mkdtempSync(join(tmpdir(), 'judge-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const verdictOf = async (status: Status, statuses: readonly Status[]) =>
  (await judged({ outcome: withStatus(status), wanted: { statuses } })).verdict;

const metrics = (cpuMs: number | null, memoryPeakBytes: number | null): Outcome['metrics'] =>
  ({ cpuMs, memoryPeakBytes }) as Outcome['metrics'];

describe('the status', () => {
  const never: readonly Status[] = ['cancelled', 'internal-error'];

  test.each(STATUSES.filter((status) => !never.includes(status)))(
    '%s passes where it is expected',
    async (status) => {
      expect(await verdictOf(status, [status])).toBe('passed');
      expect(await verdictOf(status, ['ok', status])).toBe('passed');
    },
  );

  test.each(STATUSES)('%s does not pass where another is expected', async (status) => {
    const others = STATUSES.filter((other) => other !== status);
    expect(await verdictOf(status, others)).not.toBe('passed');
    expect(await verdictOf(status, [])).not.toBe('passed');
  });

  test('of a run that was never really tried is an error, or skipped', async () => {
    expect(await verdictOf('start-failed', ['ok'])).toBe('error');
    expect(await verdictOf('internal-error', [...STATUSES])).toBe('error');
    expect(await verdictOf('cancelled', [...STATUSES])).toBe('skipped');
  });

  test('is what a failure begins with', async () => {
    const stdout = textExpectation('42\n');
    const outcome = ended({
      status: 'signaled',
      exitCode: null,
      signal: 'SIGSEGV',
      message: 'killed by SIGSEGV',
    });
    const { failures } = await judged({ outcome, wanted: { stdout, maxCpuTimeMs: 5 } });
    expect(failures).toEqual([
      'status signaled (killed by SIGSEGV), expected ok',
      'stdout differs at line 1, column 1: expected "42⏎", got "⟨end⟩"',
      'CPU time 10ms, expected at most 5ms',
    ]);
  });
});

describe('exit code and signal', () => {
  test('must be those that are expected', async () => {
    const wanted = { statuses: ['nonzero-exit' as const], exitCode: 2 };
    const outcome = ended({ status: 'nonzero-exit', exitCode: 3 });
    expect(await judged({ outcome, wanted })).toMatchObject({
      verdict: 'failed',
      failures: ['exit code 3, expected 2'],
    });
    expect(await judged({ outcome: ended({ status: 'nonzero-exit', exitCode: 2 }), wanted })).toMatchObject({
      verdict: 'passed',
      failures: [],
    });
  });

  test('are not there when the other is', async () => {
    const killed = ended({ status: 'signaled', exitCode: null, signal: 'SIGABRT' });
    const statuses = ['signaled' as const];
    expect((await judged({ outcome: killed, wanted: { statuses, signal: 'SIGABRT' } })).verdict).toBe(
      'passed',
    );
    expect((await judged({ outcome: killed, wanted: { statuses, signal: 'SIGSEGV' } })).failures).toEqual([
      'signal SIGABRT, expected SIGSEGV',
    ]);
    expect((await judged({ outcome: killed, wanted: { statuses, exitCode: 0 } })).failures).toEqual([
      'exit code none, expected 0',
    ]);
  });
});

describe('figures', () => {
  const wanted = { maxCpuTimeMs: 10, maxMemoryBytes: 1024 };

  test('may be as large as is allowed', async () => {
    expect((await judged({ outcome: ended({ metrics: metrics(10, 1024) }), wanted })).verdict).toBe('passed');
    expect((await judged({ outcome: ended({ metrics: metrics(10.001, 1025) }), wanted })).failures).toEqual([
      'CPU time 10.001 ms, expected at most 10ms',
      'memory 1025 bytes, expected at most 1KiB',
    ]);
  });

  test('that could not be had do not pass', async () => {
    expect((await judged({ outcome: ended({ metrics: metrics(null, null) }), wanted })).failures).toEqual([
      'CPU time could not be measured, expected at most 10ms',
      'memory could not be measured, expected at most 1KiB',
    ]);
    expect(
      (await judged({ outcome: ended({ metrics: metrics(Number.NaN, Number.NaN) }), wanted })).verdict,
    ).toBe('failed');
  });
});

describe('streams and outputs', () => {
  test('are compared each on its own', async () => {
    const wanted = { stdout: textExpectation('a'), stderr: textExpectation('b') };
    const streams = { stdout: Buffer.from('a'), stderr: Buffer.from('x') };
    const { differences, failures } = await judged({ ...streams, wanted });
    expect(differences.map(({ what }) => what)).toEqual(['stderr']);
    expect(failures).toEqual(['stderr differs at line 1, column 1: expected "b", got "x"']);
  });

  test('with a checker stdout is for it to judge', async () => {
    const checker = programOf({ command: ['/bin/true'] });
    const wanted = { stdout: textExpectation('a'), stderr: textExpectation(''), checker };
    expect((await judged({ stdout: Buffer.from('b'), wanted })).verdict).toBe('passed');
  });

  test('must be there, and hold what is expected', async () => {
    const outputs = [
      { path: 'there', content: null },
      { path: 'right', content: textExpectation('1') },
      { path: 'wrong', content: textExpectation('1') },
      { path: 'missing', content: null },
      { path: '/abs/link', content: textExpectation('1') },
    ];
    const files = new Map([
      ['there', Buffer.from('?')],
      ['right', Buffer.from('1')],
      ['wrong', Buffer.from('2')],
    ]);
    const nothing = { bytes: null, sha256: null, mode: null };
    const outcome = ended({ outputs: [{ path: '/abs/link', ...nothing, error: 'a symlink: not followed' }] });
    const { verdict, failures, differences } = await judged({ outcome, files, wanted: { outputs } });
    expect(verdict).toBe('failed');
    expect(failures).toEqual([
      'output "wrong" differs at line 1, column 1: expected "1", got "2"',
      'output "missing": it is not there',
      'output "/abs/link": a symlink: not followed',
    ]);
    expect(differences.map(({ what }) => what)).toEqual(['wrong']);
  });
});

describe('what is expected, in a file,', () => {
  const inFile = (path: string) =>
    judged({
      stdout: Buffer.from('42\n'),
      wanted: { stdout: { ...textExpectation(''), expected: { kind: 'path', path } } },
    });

  test('is read', async () => {
    const path = join(dir, 'answer');
    writeFileSync(path, '42\n');
    expect((await inFile(path)).verdict).toBe('passed');
    writeFileSync(path, '43\n');
    expect((await inFile(path)).verdict).toBe('failed');
  });

  test('that is none is an error of the suite, never a verdict', async () => {
    const fifo = join(dir, 'fifo');
    execaSync('mkfifo', [fifo]);
    mkdirSync(join(dir, 'directory'));
    for (const [path, why] of [
      [join(dir, 'none'), 'there is no such file'],
      [join(dir, 'directory'), 'is not a regular file'],
      [fifo, 'is not a regular file'],
      ['/dev/zero', 'is not a regular file'],
    ] as const) {
      const error = await inFile(path).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(HotcellError);
      expect(error).toMatchObject({ code: 'invalid-spec', message: expect.stringContaining(why) });
    }
  });
});
