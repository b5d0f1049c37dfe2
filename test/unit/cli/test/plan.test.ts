import { describe, expect, it } from 'vitest';
import type { TestFlags } from '../../../../src/cli/test/flags.js';
import { planTest } from '../../../../src/cli/test/plan.js';

describe('what is wrong with the flags of test', () => {
  const cases: readonly [flags: TestFlags, message: string][] = [
    [{ shard: '0/3' }, '--shard: "0/3" does not exist; use I/N with I from 1 to N, such as 1/4'],
    [{ shard: '4/3' }, '--shard: "4/3" does not exist'],
    [{ shard: '1/0' }, '--shard: "1/0" does not exist'],
    [{ shard: '1-3' }, '--shard: "1-3" is not a part'],
    [{ shard: '1/3/' }, '--shard: "1/3/" is not a part'],
    [{ repeat: '0' }, '--repeat: 0 is not allowed; use 1 to 100000'],
    [{ repeat: '-1' }, '--repeat: "-1" is not a whole number'],
    [{ repeat: '1e3' }, '--repeat: "1e3" is not a whole number'],
    [{ retries: '101' }, '--retries: 101 is not allowed; use 0 to 100'],
    [{ bail: '0' }, '--bail: 0 is not allowed; use 1 to'],
    [{ bail: '-3' }, '--bail: "-3" is not a whole number'],
    [{ timeout: '10' }, '--timeout: "10" has no unit'],
    [{ timeout: '0s' }, '--timeout: "0s" is zero'],
    [{ workers: '65' }, '--workers: 65 is not allowed'],
    [{ jobs: '0' }, '--jobs: 0 is not allowed'],
    [{ cpuBudget: '0' }, '--cpu-budget: 0 is not allowed'],
    [{ cpuBudget: 'NaN' }, '--cpu-budget: "NaN" is not a number'],
    [{ memoryBudget: '64q' }, '--memory-budget: "64q" is not a size'],
    [{ isolation: 'ful' }, '--isolation: "ful" is not allowed; use one of full,'],
    [
      { onInterrupt: 'fnish' },
      '--on-interrupt: "fnish" is not allowed; use one of cancel, finish; did you mean',
    ],
    [{ sample: '9.9ms' }, '--sample: 9.9ms is not allowed; use 10ms to 1m, or off'],
    [{ sample: '61s' }, '--sample: 61s is not allowed'],
    [{ filter: [''] }, '--filter: "" is in every title'],
    [{ filter: ['/(/'] }, '--filter: "/(/": Unterminated group'],
    [{ filter: ['/a/qq'] }, '--filter: "/a/qq": Invalid flags'],
    [{ label: ['=x'] }, '--label: "=x" names no label'],
    [{ name: 'n', resume: true }, '--name and --resume exclude each other'],
    [{ name: 'n', history: false }, '--no-history and --name exclude each other'],
    [{ resume: true, history: false }, '--no-history and --resume exclude each other'],
  ];

  it.each(cases)('%j', (flags, message) => {
    expect(() => planTest(flags, [])).toThrow(expect.objectContaining({ code: 'invalid-usage' }));
    expect(() => planTest(flags, [])).toThrow(message);
  });

  it('is an empty FILE', () => {
    expect(() => planTest({}, ['a', ''])).toThrow('FILE: "" names no file');
  });
});

describe('the plan of a test run', () => {
  it('has the usual things where nothing is said', () => {
    expect(planTest({}, ['a.yaml'])).toEqual({
      files: ['a.yaml'],
      titles: [],
      labels: new Map(),
      shard: undefined,
      list: false,
      resume: null,
      allowOutside: false,
      allowUnsafe: false,
      options: {},
      pull: 'never',
      onInterrupt: 'cancel',
      overrides: { isolation: null, allowDegraded: false },
      kept: {},
      reporters: [],
      sampleIntervalMs: undefined,
      name: null,
      keep: true,
      quiet: false,
    });
  });

  it('gives numbers their meaning', () => {
    const flags = { repeat: '3', retries: '0', bail: '2', timeout: '1m30s', workers: '0' };
    const budget = { jobs: '4', cpuBudget: '1.5', memoryBudget: '1GiB' };
    expect(planTest({ ...flags, ...budget, shard: '2/5', sample: 'off' }, [])).toMatchObject({
      options: {
        repeat: 3,
        retries: 0,
        bail: 2,
        timeoutMs: 90_000,
        workers: 0,
        budget: { tasks: 4, cpus: 1.5, memoryBytes: 1024 ** 3 },
      },
      shard: { index: 2, count: 5 },
      sampleIntervalMs: null,
    });
  });

  it('takes a FILE after a lone --bail for a file', () => {
    expect(planTest({ bail: 'a.yaml' }, ['b.yaml'])).toMatchObject({
      files: ['a.yaml', 'b.yaml'],
      options: { bail: 1 },
    });
    expect(planTest({ bail: true }, []).options).toEqual({ bail: 1 });
  });

  it('knows which run to resume', () => {
    expect(
      [{ resume: true as const }, { resume: 'abc' }, { resume: '' }].map(
        (flags) => planTest(flags, []).resume,
      ),
    ).toEqual(['last', { run: 'abc' }, 'last']);
  });
});
