/** Holds vitest's report from another kind of host against what is known to differ there. Pure. */
import type { Difference } from '../../test/support/differences.js';

/** A test that ran. */
export interface Result {
  /** Below test/ or test/integration/, without `.test.ts`. */
  readonly file: string;
  readonly name: string;
  readonly passed: boolean;
}

export interface HostReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** A file that could not be loaded is a test that failed; one that was skipped is none that ran. */
export function resultsOf({ testResults }: HostReport): Result[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = name.replace(/^.*?\/test\/(integration\/)?/, '').replace(/\.test\.[jt]s$/, '');
    const own = assertionResults.some(({ status: found }) => found === 'failed');
    if (status === 'failed' && !own) return [{ file, name: `(the file) ${message}`, passed: false }];
    return assertionResults
      .filter((found) => found.status !== 'pending' && found.status !== 'skipped')
      .map((found) => ({ file, name: found.fullName, passed: found.status === 'passed' }));
  });
}

/** What is in no other folder is an integration test. */
export const pathOf = (file: string): string =>
  /^(rootless|security)/.test(file) ? file : `integration/${file}`;

export const covers = ({ tests }: Difference, { file, name }: Result): boolean =>
  (tests[file] ?? []).some((beginning) => name.startsWith(beginning));

/** @returns what is wrong; [] = every failure is one that is known, and each that is known fails */
export function problemsOf(results: readonly Result[], known: readonly Difference[]): string[] {
  const ran = new Set(results.map(({ file }) => file));
  const unknown = results.filter((result) => !result.passed && !known.some((entry) => covers(entry, result)));
  const passing = results.filter(
    (result) => result.passed && known.some((entry) => !entry.timing && covers(entry, result)),
  );
  const idle = known.flatMap(({ tests }) =>
    Object.entries(tests).flatMap(([file, beginnings]) =>
      beginnings
        .filter(
          (beginning) =>
            ran.has(file) &&
            !results.some((result) => result.file === file && result.name.startsWith(beginning)),
        )
        .map((beginning) => `no test is named so: ${file}: ${beginning}`),
    ),
  );
  return [
    ...unknown.map(({ file, name }) => `failed: ${file}: ${name}`),
    ...passing.map(({ file, name }) => `is named as a difference, but passes: ${file}: ${name}`),
    ...idle,
  ];
}

export const KNOWN_DIFFERENCE = 'known-difference';

/** For the table of attacks, test-security.ts: in vitest's words, and with a status for what differs as it is known to. */
export function reportOf(results: readonly Result[], known: readonly Difference[]): string {
  const status = (result: Result): string => {
    if (result.passed) return 'passed';
    return known.some((entry) => covers(entry, result)) ? KNOWN_DIFFERENCE : 'failed';
  };
  const testResults = results.map((result) => ({
    name: `/test/${pathOf(result.file)}.test.ts`,
    assertionResults: [{ fullName: result.name, status: status(result) }],
  }));
  return JSON.stringify({ testResults });
}
