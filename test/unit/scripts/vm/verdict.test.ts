import { describe, expect, test } from 'vitest';
import { type Ended, judge, markKnown } from '../../../../scripts/vm/verdict.js';

const report = (changes: object = {}): string =>
  JSON.stringify({
    success: true,
    numPassedTests: 3,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    numFailedTestSuites: 0,
    ...changes,
  });

const verdict = (changes: Partial<Ended> = {}) =>
  judge({ report: report(), end: 'ended 0\n', exitCode: 0, known: [], ...changes });

describe('a boot of the virtual machine', () => {
  test('passes with tests that passed and an end of its own', () => {
    expect(verdict()).toEqual({ ok: true, line: '3 passed, 0 failed' });
  });

  test.each([
    ['a failed test', { report: report({ success: false, numFailedTests: 1 }), end: 'ended 1\n' }],
    ['a failed test that vitest hid', { report: report({ success: false, numFailedTests: 1 }) }],
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

  describe('on which tests are known to fail', () => {
    const failing = (...names: readonly string[]): Partial<Ended> => ({
      report: report({
        success: false,
        numFailedTests: names.length,
        numFailedTestSuites: 1,
        testResults: [
          { status: 'failed', assertionResults: names.map((fullName) => ({ fullName, status: 'failed' })) },
        ],
      }),
      end: 'ended 1\n',
      known: ['R9 takes all'],
    });

    test('passes when these failed and no other', () => {
      expect(verdict(failing('R9 takes all pipes'))).toEqual({
        ok: true,
        line: '3 passed, 0 failed, 1 differ as they are known to',
      });
    });

    test('gives them a status of their own, and no other', () => {
      const { report: given, known } = failing('R9 takes all pipes', 'R8 holds');
      const { testResults } = JSON.parse(markKnown(given ?? '', known ?? []));
      expect(testResults[0].assertionResults.map(({ status }: { status: string }) => status)).toEqual([
        'known-difference',
        'failed',
      ]);
    });

    test('passes when they passed', () => {
      expect(verdict({ known: ['R9 takes all'] }).ok).toBe(true);
    });

    test.each([
      ['another one failed as well', failing('R9 takes all pipes', 'R8 holds')],
      ['another one failed', failing('R8 holds')],
      ['a file could not be loaded', { ...failing(), known: ['R9 takes all'] }],
      ['vitest did not say so', { ...failing('R9 takes all pipes'), end: 'ended 0\n' }],
    ])('fails when %s', (_, changes) => {
      expect(verdict(changes).ok).toBe(false);
    });
  });
});
