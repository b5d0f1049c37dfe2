import { describe, expect, test } from 'vitest';
import { problemsOf, reportOf, resultsOf } from '../../../scripts/reports/differences.js';

const KNOWN = [
  { why: 'w', instead: 'i', tests: { 'limits-pids': ['processes above'], 'security/r': ['R9 '] } },
  { why: 'w', instead: 'i', timing: true, tests: { 'limits-memory': ['above'] } },
];

const result = (file: string, name: string, passed: boolean) => ({ file, name, passed });
const AS_KNOWN = [
  result('limits-pids', 'processes above the limit', false),
  result('limits-pids', 'processes below', true),
  result('security/r', 'R9 pipes', false),
  result('limits-memory', 'above by much', true),
];

describe('what ran on another kind of host', () => {
  test('is read from the report, by file and name, without what was skipped', () => {
    const found = (fullName: string, status: string) => ({ fullName, status });
    const file = (name: string, status: string, assertionResults: ReturnType<typeof found>[]) => ({
      name,
      status,
      message: 'no such module',
      assertionResults,
    });
    expect(
      resultsOf({
        testResults: [
          file('/a/test/integration/limits-pids.test.ts', 'failed', [
            found('a', 'failed'),
            found('b', 'passed'),
          ]),
          file('/hotcell/test/security/r.test.js', 'passed', [found('c', 'passed'), found('d', 'skipped')]),
          file('/a/test/integration/cli/x.test.ts', 'failed', []),
        ],
      }),
    ).toEqual([
      result('limits-pids', 'a', false),
      result('limits-pids', 'b', true),
      result('security/r', 'c', true),
      result('cli/x', '(the file) no such module', false),
    ]);
  });

  test('is right when what is known fails and nothing else', () => {
    expect(problemsOf(AS_KNOWN, KNOWN)).toEqual([]);
  });

  test.each([
    ['failed: limits-pids: other', result('limits-pids', 'other', false)],
    [
      'is named as a difference, but passes: limits-pids: processes above it',
      result('limits-pids', 'processes above it', true),
    ],
  ])('is wrong: %s', (problem, more) => {
    expect(problemsOf([...AS_KNOWN, more], KNOWN)).toEqual([problem]);
  });

  test('is wrong when a difference names no test of a file that ran', () => {
    expect(problemsOf([result('security/r', 'R8', true)], KNOWN)).toEqual([
      'no test is named so: security/r: R9 ',
    ]);
  });

  test('goes to the table of attacks with its differences', () => {
    const { testResults } = JSON.parse(reportOf([...AS_KNOWN, result('security/r', 'R1', false)], KNOWN));
    expect(testResults.at(2)).toEqual({
      name: '/test/security/r.test.ts',
      assertionResults: [{ fullName: 'R9 pipes', status: 'known-difference' }],
    });
    expect(testResults.at(-1).assertionResults[0].status).toBe('failed');
  });
});
