import { type Build, type Case, parseJob, type Suite } from '../../../../src/spec/index.js';

export type Named = Partial<Case> & Pick<Case, 'job'>;

const EXPECT_OK = {
  statuses: ['ok'],
  exitCode: null,
  signal: null,
  stdout: null,
  stderr: null,
  outputs: [],
  checker: null,
  maxCpuTimeMs: null,
  maxMemoryBytes: null,
} as const;

export const caseOf = (named: Named): Case => ({
  case: null,
  program: { job: parseJob({ command: ['true'] }), build: null },
  expect: EXPECT_OK,
  interactor: null,
  needs: [],
  retries: 0,
  points: null,
  priority: 0,
  exclusive: false,
  labels: {},
  ...named,
});

export const suiteOf = (name: string, cases: readonly Named[], builds: readonly Build[] = []): Suite => ({
  name,
  path: null,
  builds,
  cases: cases.map(caseOf),
});
