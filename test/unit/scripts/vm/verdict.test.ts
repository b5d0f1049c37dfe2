import { describe, expect, test } from 'vitest';
import { type Ended, judge } from '../../../../scripts/vm/verdict.js';

const file = (name: string, ...tests: readonly (readonly [string, string])[]) => ({
  name: `/hotcell/test/${name}.test.js`,
  status: tests.some(([, status]) => status === 'failed') ? 'failed' : 'passed',
  message: '',
  assertionResults: tests.map(([fullName, status]) => ({ fullName, status })),
});

const report = (changes: object = {}): string =>
  JSON.stringify({
    success: true,
    numPassedTests: 3,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    numFailedTestSuites: 0,
    testResults: [file('integration/limits-pids', ['a limit holds', 'passed'])],
    ...changes,
  });

const verdict = (changes: Partial<Ended> = {}) =>
  judge({ report: report(), end: 'ended 0\n', exitCode: 0, known: [], ...changes });

const failed = { success: false, numFailedTests: 1 };
const failing = [file('integration/limits-pids', ['a limit holds', 'failed'])];

describe('a boot of the virtual machine', () => {
  test('passes with tests that passed and an end of its own', () => {
    expect(verdict()).toEqual({ ok: true, line: '3 passed, 0 failed' });
  });

  test.each([
    ['a failed test', { report: report({ ...failed, testResults: failing }), end: 'ended 1\n' }],
    ['a failed test that vitest hid', { report: report({ ...failed, testResults: failing }) }],
    ['a failed test of no file', { report: report(failed) }],
    ['an exit code that the report does not explain', { end: 'ended 1\n' }],
    ['a skipped test', { report: report({ numPendingTests: 1 }) }],
    ['no test', { report: report({ numPassedTests: 0 }) }],
    ['no report', { report: '' }],
    ['half a report', { report: report().slice(0, 40) }],
    ['no exit code, as after a panic', { end: '' }],
    ['half an exit code', { end: 'ended 0' }],
    ['a machine that was killed', { exitCode: undefined }],
    ['an emulator that failed', { exitCode: 1 }],
  ])('fails with %s', (_, changes) => {
    expect(verdict(changes).ok).toBe(false);
  });
});

describe('a boot of a kind of host on which something differs', () => {
  const known = [{ why: 'w', instead: 'i', tests: { 'security/r': ['R9 takes all'] } }];
  const boot = (tests: readonly (readonly [string, string])[], changes: Partial<Ended> = {}) =>
    verdict({
      known,
      report: report({ ...failed, testResults: [file('security/r', ...tests)] }),
      end: 'ended 1\n',
      ...changes,
    });

  test('passes when that failed and nothing else', () => {
    expect(boot([['R9 takes all pipes', 'failed']])).toEqual({
      ok: true,
      line: '3 passed, 0 failed, 1 differ as they are known to',
    });
  });

  test('fails when it passed, unless it is a matter of timing', () => {
    const passed = {
      report: report({ testResults: [file('security/r', ['R9 takes all pipes', 'passed'])] }),
      end: 'ended 0\n',
    };
    expect(verdict({ known, ...passed }).ok).toBe(false);
    expect(verdict({ known: known.map((one) => ({ ...one, timing: true })), ...passed }).ok).toBe(true);
  });

  test.each([
    [
      'something else failed as well',
      boot([
        ['R9 takes all pipes', 'failed'],
        ['R8 holds', 'failed'],
      ]),
    ],
    ['something else failed', boot([['R8 holds', 'failed']])],
    ['no test is named so any more', boot([['R9 gives all', 'failed']])],
    [
      'a file could not be loaded',
      boot([], { report: report({ ...failed, testResults: [{ ...file('security/r'), status: 'failed' }] }) }),
    ],
    ['vitest did not say so', boot([['R9 takes all pipes', 'failed']], { end: 'ended 0\n' })],
  ])('fails when %s', (_, { ok }) => {
    expect(ok).toBe(false);
  });
});
