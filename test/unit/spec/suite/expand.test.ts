import { describe, expect, it } from 'vitest';
import { suiteOf, suiteProblems, titles } from './support.js';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const TOO_MANY = 'the suite has too many cases here; at most 200000';

/** Generous; making all that is asked for would take minutes, and more memory than there is. */
const BRIEFLY_MS = 60_000;

const jobsOf = (count: number, more: object = {}): Record<string, unknown>[] =>
  numbers(count).map((i) => ({ name: `j${i}`, extends: 't', ...more }));

describe('what a small suite expands to', () => {
  it(
    'is counted over all jobs before any combination is made',
    () => {
      const templates = { t: { matrix: { x: numbers(100), y: numbers(100) } } };
      expect(suiteProblems(jobsOf(3000), { templates })).toEqual([`jobs[20]: ${TOO_MANY}`]);
    },
    BRIEFLY_MS,
  );

  it('counts what is included, and not what is excluded', () => {
    const include = numbers(5000).map((i) => ({ x: i }));
    expect(suiteProblems(jobsOf(41), { templates: { t: { matrix: { include } } } })).toEqual([
      `jobs[40]: ${TOO_MANY}`,
    ]);
    const matrix = { x: numbers(100), y: numbers(20), exclude: numbers(99).map((i) => ({ x: i })) };
    const cases = numbers(250).map((i) => ({ name: `c${i}` }));
    expect(titles(suiteOf([{ name: 'j', matrix, cases }]))).toHaveLength(5000);
  });

  it(
    'has a bound on entries of "exclude" times combinations',
    () => {
      const matrix = (excluded: number) => ({
        x: numbers(100),
        y: numbers(100),
        exclude: numbers(excluded).map((i) => ({ y: i % 100, x: Math.floor(i / 100) })),
      });
      const message = expect.stringMatching(
        /^jobs\[\d+\]: the matrices take too long here; at most 10000000 values, and entries of "exclude" times/,
      );
      expect(suiteProblems([{ name: 'j', matrix: matrix(9999) }])).toEqual([message]);
      const templates = { t: { matrix: matrix(300) } };
      expect(suiteProblems(jobsOf(4), { templates })).toEqual([message]);
      expect(titles(suiteOf(jobsOf(1), { templates }))).toHaveLength(9700);
    },
    BRIEFLY_MS,
  );

  it(
    'has a bound on what is inherited, in jobs and between templates',
    () => {
      const env = Object.fromEntries(numbers(1000).map((i) => [`N${i}`, '']));
      const templates = { t: { env } };
      const message =
        'the suite has too many values here, all that jobs inherit written out; at most 10000000';
      expect(suiteProblems(jobsOf(4000, { env: { A: '' } }), { templates })).toEqual([
        expect.stringMatching(new RegExp(`^jobs\\[\\d{4}\\].*: ${message}$`)),
      ]);
      const wide = Object.fromEntries(numbers(100_000).map((i) => [`N${i}`, '']));
      const chain = numbers(120).map((i) => [
        `t${i}`,
        { extends: i === 0 ? 't' : `t${i - 1}`, env: { A: '' } },
      ]);
      expect(
        suiteProblems([{ name: 'j', extends: 't119' }], {
          templates: { t: { env: wide }, ...Object.fromEntries(chain) },
        }),
      ).toContainEqual(expect.stringMatching(new RegExp(`^templates\\.t\\d+: ${message}$`)));
    },
    BRIEFLY_MS,
  );

  it(
    'is not looked at once a list is too long',
    () => {
      const templates = { t: { env: Object.fromEntries(numbers(500).map((i) => [`N${i}`, ''])) } };
      const names = numbers(5000).map(() => 't');
      expect(suiteProblems([{ name: 'j', extends: names }], { templates })).toEqual([
        'jobs[0].extends: a list of 5000 is too long; at most 32 entries',
      ]);
      // In the shape's check the placeholder, which is no problem, hides that there are too many.
      const jobs = [
        { matrix: { x: [1] }, limits: { pids: `\${matrix.x}` } },
        ...numbers(100_000).map(() => ({})),
      ];
      expect(suiteProblems(jobs)).toEqual(['jobs: a list of 100001 is too long; at most 100000 entries']);
      const many = Object.fromEntries(numbers(1001).map((i) => [`t${i}`, {}]));
      expect(suiteProblems([{}], { templates: many })).toEqual(['templates: 1001 templates; at most 1000']);
    },
    BRIEFLY_MS,
  );
});
