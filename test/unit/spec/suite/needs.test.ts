import { describe, expect, it } from 'vitest';
import { suiteOf, suiteProblems, yamlProblems } from './support.js';

const needsOf = (jobs: readonly Record<string, unknown>[]): Record<string, readonly string[]> =>
  Object.fromEntries(suiteOf(jobs).cases.map(({ job, needs }) => [job, needs]));

describe('needs', () => {
  it('names jobs, or all jobs that a matrix has made', () => {
    const compile = { name: 'compile', matrix: { lang: ['c', 'py'] } };
    const own = `compile[lang=\${matrix.lang}]`;
    expect(
      needsOf([
        compile,
        { name: 'all', needs: 'compile' },
        { name: 'one', needs: ['compile[lang=c]', 'all', 'all'] },
        { name: 'each', matrix: { lang: ['c', 'py'] }, needs: [own] },
      ]),
    ).toEqual({
      'compile[lang=c]': [],
      'compile[lang=py]': [],
      all: ['compile[lang=c]', 'compile[lang=py]'],
      one: ['compile[lang=c]', 'all'],
      'each[lang=c]': ['compile[lang=c]'],
      'each[lang=py]': ['compile[lang=py]'],
    });
  });

  it('may name a job by the name of its program', () => {
    expect(needsOf([{}, { name: 'next', needs: 'program' }])).toEqual({ program: [], next: ['program'] });
  });

  it('shows each circle once, where it closes', () => {
    expect(
      suiteProblems([
        { name: 'a', needs: ['b'] },
        { name: 'b', needs: ['c'] },
        { name: 'c', needs: ['a'] },
        { name: 'd', needs: ['a'] },
        { name: 'e', needs: ['e'] },
      ]),
    ).toEqual([
      'jobs[2].needs[0]: the jobs need each other: "a" → "b" → "c" → "a"',
      'jobs[4].needs[0]: a job cannot need itself: "e" → "e"',
    ]);
  });

  it('takes a diamond for what it is', () => {
    expect(
      needsOf([
        { name: 'a', needs: ['b', 'c'] },
        { name: 'b', needs: ['d'] },
        { name: 'c', needs: ['d'] },
        { name: 'd' },
      ]),
    ).toMatchObject({ a: ['b', 'c'] });
  });

  it('follows a chain as long as a suite, and shows a long circle shortened', () => {
    const jobs = Array.from({ length: 5000 }, (_, i) => ({ name: `j${i}`, needs: [`j${(i + 1) % 5000}`] }));
    expect(suiteProblems(jobs)).toEqual([
      'jobs[4999].needs[0]: the jobs need each other: "j0" → "j1" → "j2" → "j3" → "j4" → "j5" → … → "j4996" → "j4997" → "j4998" → "j4999" → "j0"',
    ]);
  }, 60_000);

  it('names the nearest job', async () => {
    expect(
      await yamlProblems(
        'jobs:\n  - { name: build, command: [a] }\n  - { name: t, command: [a], needs: buld }\n',
      ),
    ).toEqual(['3:37: jobs[1].needs: there is no job "buld"; did you mean "build"?']);
  });
});
