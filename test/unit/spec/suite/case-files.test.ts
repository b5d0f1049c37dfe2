import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSuites, type Suite } from '../../../../src/spec/index.js';
import { directoryOf, linesOf, suiteProblems } from './support.js';

const suiteText = (cases: string, more = ''): string =>
  `name: s\njobs:\n  - name: sum\n    command: [a]\n    cases: ${cases}\n${more}`;

const FILES = {
  'tests/1.in': '1\n',
  'tests/1.out': '1\n',
  'tests/2.in': '2\n',
  'tests/2.out': '2\n',
  'tests/10.in': '10\n',
  'tests/10.out': '10\n',
  'tests/deep/x.y.in': '',
  'tests/deep/x.y.out': '',
  'answers/1.ans': '',
};

const directory = (cases: string, more = ''): Promise<string> =>
  directoryOf({ ...FILES, 'in/s.yaml': '', 's.yaml': suiteText(cases, more) });

async function loaded(cases: string, more = ''): Promise<{ suite: Suite; cwd: string }> {
  const cwd = await directory(cases, more);
  const [suite] = await loadSuites(['s.yaml'], { cwd });
  if (suite === undefined) throw new Error('no suite');
  return { suite, cwd };
}

async function problems(cases: string, more = ''): Promise<string[]> {
  const cwd = await directory(cases, more);
  return (await linesOf(loadSuites(['s.yaml'], { cwd }))).map((line) =>
    line.replace(/^s\.yaml:\d+:\d+: /, ''),
  );
}

describe('cases that are pairs of files', () => {
  it('are one for each input, in the order of people', async () => {
    const { suite, cwd } = await loaded('{ glob: "tests/*.in", expect: "{stem}.out" }');
    expect(suite.cases.map((item) => item.case)).toEqual(['1', '2', '10']);
    expect(suite.cases[2]?.program.job.stdin).toEqual({ kind: 'path', path: join(cwd, 'tests/10.in') });
    expect(suite.cases[2]?.expect.stdout).toMatchObject({
      compare: 'exact',
      expected: { kind: 'path', path: join(cwd, 'tests/10.out') },
    });
  });

  it('are called by what the pattern does not fix, and compared as it says', async () => {
    const { suite } = await loaded(
      '{ glob: "tests/**/*.in", expect: "{dir}/{name}.out", compare: float, tolerance: 0.5 }',
    );
    expect(suite.cases.map((item) => item.case)).toEqual(['1', '2', '10', 'deep/x.y']);
    expect(suite.cases[0]?.expect.stdout).toMatchObject({ compare: 'float', tolerance: 0.5 });
  });

  it('have what their job says besides, and may be without an answer', async () => {
    const { suite } = await loaded('{ glob: "tests/1.in" }', '    points: 5\n    expect: { exitCode: 3 }\n');
    expect(suite.cases).toMatchObject([{ case: '1', points: 5, expect: { exitCode: 3, stdout: null } }]);
  });

  it('may be those of a template', async () => {
    const cwd = await directoryOf({
      ...FILES,
      's.yaml':
        'templates: { t: { command: [a], cases: { glob: "tests/?.in", expect: "{stem}.out" } } }\njobs: [{ name: x, extends: t }, { name: y, extends: t }]\n',
    });
    const [suite] = await loadSuites(['s.yaml'], { cwd });
    expect(suite?.cases.map((item) => `${item.job} ${item.case}`)).toEqual(['x 1', 'x 2', 'y 1', 'y 2']);
  });

  it.each([
    ['{ glob: "tests/*.txt" }', ['jobs[0].cases.glob: no file matches "tests/*.txt"']],
    [
      '{ glob: "tests/?.in", expect: "answers/{name}.ans" }',
      ['jobs[0].cases[1].expect.stdout.path: "answers/2.ans": there is no such file'],
    ],
    [
      '{ glob: "../*.in" }',
      ['jobs[0].cases.glob: "../*.in" may lie outside of the directory of the suite (--allow-outside)'],
    ],
    [
      '{ glob: "/etc/*" }',
      ['jobs[0].cases.glob: "/etc/*" may lie outside of the directory of the suite (--allow-outside)'],
    ],
    ['{ glob: "" }', ['jobs[0].cases.glob: is empty; write a pattern such as "tests/*.in"']],
    ['{ expect: "{stem}.out" }', ['jobs[0].cases.glob: is missing; expected text']],
    ['{ glob: "tests/*.in", expct: "x" }', ['jobs[0].cases.expct: unknown key; did you mean "expect"?']],
    [
      '{ glob: "tests/*.in", expect: "{stem}.out", compare: tokns }',
      [
        expect.stringMatching(
          /cases\.compare: "tokns" is not allowed; use one of .*did you mean "tokens"\?$/,
        ),
      ],
    ],
    [
      '{ glob: "tests/1.in", expect: "{stem}.out", tolerance: 1 }',
      [expect.stringMatching(/has a tolerance, which is for compare "float"$/)],
    ],
    [
      `{ glob: "tests/${'$'}{matrix.x}.in" }`,
      ['jobs[0].cases.glob: files are looked for before a matrix is; write the names out'],
    ],
    ['5', [expect.stringMatching(/^jobs\[0\]\.cases: 5 is not a list; write \[.*glob/)]],
  ])('are refused: %s', async (cases, lines) => {
    expect(await problems(cases)).toEqual(lines);
  });

  it('are not looked for through links, nor where no file is touched', async () => {
    const cwd = await directoryOf({ ...FILES, 'in/s.yaml': suiteText('{ glob: "*/*.in" }') });
    await symlink('../tests', join(cwd, 'in', 'link'));
    expect(await linesOf(loadSuites(['in/s.yaml'], { cwd }))).toEqual([
      expect.stringMatching(/no file matches "\*\/\*\.in"$/),
    ]);
    expect(suiteProblems([{ cases: { glob: 'tests/*.in' } }])).toEqual([
      'jobs[0].cases: are looked for in a suite that is a file; write them out, or use loadSuites',
    ]);
  });
});
