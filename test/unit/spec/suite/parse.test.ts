import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HotcellError } from '../../../../src/core/index.js';
import { parseSuite } from '../../../../src/spec/index.js';
import { problemsOf } from '../support.js';
import { suiteOf, suiteProblems } from './support.js';

const job = { command: ['a'] };

describe('parseSuite', () => {
  it('gives a suite with every default', () => {
    const suite = parseSuite({ jobs: [job] }, { baseDir: '/base', name: 'mine' });
    expect(suite).toMatchObject({ name: 'mine', path: null, builds: [] });
    expect(suite.cases).toEqual([
      {
        job: 'a',
        case: null,
        program: { job: expect.objectContaining({ name: 'a', command: ['a'] }), build: null },
        expect: {
          statuses: ['ok'],
          exitCode: null,
          signal: null,
          stdout: null,
          stderr: null,
          outputs: [],
          checker: null,
          maxCpuTimeMs: null,
          maxMemoryBytes: null,
        },
        interactor: null,
        needs: [],
        retries: 0,
        points: null,
        priority: 0,
        exclusive: false,
        labels: {},
      },
    ]);
    expect(parseSuite({ name: 'own', jobs: [job] }, { name: 'mine' }).name).toBe('own');
    expect(parseSuite({ jobs: [job] }).name).toBe('suite');
  });

  it('makes paths absolute, and touches no file', () => {
    const { cases } = parseSuite(
      { jobs: [{ ...job, stdin: { path: 'in' }, expect: { stdout: { path: '../out' } } }] },
      { baseDir: '/base' },
    );
    expect(cases[0]?.program.job.stdin).toEqual({ kind: 'path', path: '/base/in' });
    expect(cases[0]?.expect.stdout?.expected).toEqual({ kind: 'path', path: '/out' });
  });

  it('can be sent to a thread', () => {
    const suite = parseSuite({ jobs: [{ ...job, stdin: 'x', expect: { stdout: 'y' } }] });
    expect(structuredClone(suite)).toEqual(suite);
  });

  it('shows the problems without positions', () => {
    expect(problemsOf(() => parseSuite({ jobs: [{ ...job, limits: { memroy: 1 } }], nmae: 'x' }))).toEqual([
      'jobs[0].limits.memroy: unknown key; did you mean "memory"?',
      'nmae: unknown key; did you mean "name"?',
    ]);
  });

  it.each([
    [undefined, 'undefined is not a suite; write an object such as { jobs: [{ command: [...] }] }'],
    [[], 'a list of 0 is not a suite; write an object such as { jobs: [{ command: [...] }] }'],
    ['jobs', '"jobs" is not a suite; write an object such as { jobs: [{ command: [...] }] }'],
    [{}, 'jobs: is missing; write [{ command: ["./program"] }]'],
    [{ jobs: [] }, 'jobs: is empty; a suite has at least one job'],
    [{ jobs: {} }, 'jobs: an object is not a list; write [{ command: ["./program"] }]'],
    [{ jobs: [job], name: 5 }, 'name: 5 is not text'],
    [{ jobs: [job], name: 'a\nb' }, expect.stringMatching(/^name: .* contains a newline; /)],
    [{ jobs: [job], templates: [] }, 'templates: a list of 0 is not an object; write { name: { … } }'],
    [{ jobs: [job], defaults: [] }, 'defaults: a list of 0 is not an object'],
    [{ jobs: [job], labels: { a: 1 } }, 'labels.a: 1 is a number; put it in quotes: "1"'],
    [{ jobs: ['a'] }, 'jobs[0]: "a" is not an object'],
  ])('refuses %j', (input, line) => {
    expect(problemsOf(() => parseSuite(input))).toEqual([line]);
  });

  // attacks.md E1
  it('refuses what JSON.parse makes of __proto__', () => {
    const input = JSON.parse('{"jobs":[{"command":["a"],"__proto__":{"isolation":"none"}}]}');
    expect(problemsOf(() => parseSuite(input))).toEqual(['jobs[0].__proto__: is not allowed as a key']);
  });

  it('refuses circles, deep nesting and too many values', () => {
    const circle: Record<string, unknown> = { command: ['a'] };
    circle.env = circle;
    expect(problemsOf(() => parseSuite({ jobs: [circle] }))[0]).toMatch(
      /^jobs\[0\](?:\.env)+.*: nested too deeply; at most 24 levels \(is there a cycle\?\)$/,
    );
    const many = Array.from({ length: 500_001 }, () => 'a');
    expect(problemsOf(() => parseSuite({ jobs: [{ command: many }] }))).toEqual([
      'has too many values; at most 500000',
    ]);
  });

  it('ends with a suite or HotcellError, whatever it is given', () => {
    const keys = [
      'name',
      'jobs',
      'defaults',
      'templates',
      'command',
      'cases',
      'expect',
      'matrix',
      'needs',
      'extends',
      'build',
      'stdout',
      'include',
      'files',
      'env',
      'a',
    ];
    const anything = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom('a', '', `\${matrix.a}`, `\${matrix.`, 'none', null, 0, 1, true, -1, Number.NaN),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    fc.assert(
      fc.property(anything, anything, anything, (jobs, defaults, templates) => {
        try {
          parseSuite({
            jobs: [jobs, { command: ['a'], extends: 'a' }],
            defaults,
            templates: { a: templates },
          });
        } catch (error) {
          expect(error).toBeInstanceOf(HotcellError);
          expect((error as HotcellError).code).toBe('invalid-spec');
        }
      }),
      { numRuns: 500 },
    );
  }, 60_000);
});

describe('points', () => {
  it('are those of the case, its job, its template or the defaults', () => {
    const suite = suiteOf(
      [
        { name: 'a', cases: [{ name: 'x' }, { name: 'y', points: 2.5 }, { name: 'z', points: 0 }] },
        { name: 'b', points: 7 },
      ],
      { defaults: { points: 10 } },
    );
    expect(suite.cases.map(({ points }) => points)).toEqual([10, 2.5, 0, 7]);
    expect(suiteOf([{}]).cases[0]?.points).toBeNull();
  });

  it.each([
    [-1, 'jobs[0].points: -1 is too small; at least 0'],
    [2_000_000, 'jobs[0].points: 2000000 is too large; at most 1000000'],
    ['ten', 'jobs[0].points: "ten" is not a number of points; use 0 to 1000000'],
    [Number.NaN, 'jobs[0].points: NaN is not a number of points; use 0 to 1000000'],
  ])('are no %s', (points, problem) => {
    expect(suiteProblems([{ points }])).toEqual([problem]);
  });

  it('are meant by other words for them', () => {
    expect(suiteProblems([{ cases: [{ name: 'x', score: 1 }] }])).toEqual([
      'jobs[0].cases[0].score: unknown key; did you mean "points"?',
    ]);
  });
});
