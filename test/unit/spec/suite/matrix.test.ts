import { describe, expect, it } from 'vitest';
import { loadYaml, suiteOf, suiteProblems, textOf, titles, yamlProblems } from './support.js';

const placeholder = (key: string): string => `\${matrix.${key}}`;
const X = placeholder('x');
const D = '$';

describe('matrix', () => {
  it.each(['matirx', 'matix', 'Matrix', 'metrix'])('is not taken for text when it is written %s', (word) => {
    const command = ['run', `-x \${${word}.x}`];
    const line = `jobs[0].command[1]: "\${${word}.x}" is not known; did you mean "${X}"?`;
    expect(suiteProblems([{ command, matrix: { x: ['v'] } }])).toEqual([line]);
    expect(suiteProblems([{ command }])).toEqual([line]);
  });

  it('leaves to the program what only looks like it', () => {
    const command = ['node', '-e', `${D}{metric.x} ${D}{matrix} ${D}{math.x} $${D}{matirx.x} ${D}{matirx}`];
    expect(suiteOf([{ command }]).cases[0]?.program.job.command).toEqual(command);
  });

  it('makes one job for each combination, in order', () => {
    const suite = suiteOf([{ name: 'j', matrix: { a: ['x', 'y'], b: [1, true] } }]);
    expect(titles(suite)).toEqual(['j[a=x,b=1]', 'j[a=x,b=true]', 'j[a=y,b=1]', 'j[a=y,b=true]']);
  });

  it('puts its values into every text of the job, keys too', () => {
    const [item] = suiteOf([
      {
        matrix: { x: ['v'] },
        command: ['run', `--x=${X}`],
        env: { [`NAME_${X}`]: `${X}${X}` },
        files: { [`${X}.txt`]: { content: `a ${X} b` } },
        labels: { l: X },
        cases: [{ name: `case-${X}`, stdin: X, expect: { stdout: { text: X, compare: 'trim' } } }],
      },
    ]).cases;
    expect(item?.case).toBe('case-v');
    expect(item?.program.job).toMatchObject({
      command: ['run', '--x=v'],
      env: { NAME_v: 'vv' },
      labels: { l: 'v' },
    });
    const [file] = item?.program.job.files ?? [];
    expect([file?.dest, textOf(file?.source)]).toEqual(['v.txt', 'a v b']);
    expect(textOf(item?.program.job.stdin)).toBe('v');
    expect(textOf(item?.expect.stdout?.expected)).toBe('v');
  });

  it('keeps numbers as they are written', async () => {
    const suite = await loadYaml(`jobs: [{ name: j, command: ["${X}"], matrix: { x: [1.10, 0x10, 010] } }]`);
    expect(suite.cases.map(({ program }) => program.job.command?.[0])).toEqual(['1.10', '0x10', '010']);
    expect(titles(suite)[0]).toBe('j[x=1.10]');
  });

  it('gives a number or truth value where text is not wanted', () => {
    const { cases } = suiteOf([
      {
        name: 'j',
        matrix: { x: [3, 4], t: [true] },
        limits: { pids: X },
        env: { X },
        retries: X,
        exclusive: placeholder('t'),
      },
    ]);
    expect(
      cases.map(({ program, retries }) => [program.job.limits.pids, program.job.env.X, retries]),
    ).toEqual([
      [3, '3', 3],
      [4, '4', 4],
    ]);
    expect(cases[0]?.exclusive).toBe(true);
  });

  it('shows a wrong value where it is used', () => {
    expect(suiteProblems([{ matrix: { x: ['lots'] }, limits: { memory: X } }])).toEqual([
      expect.stringMatching(/^jobs\[0\]\.limits\.memory: "lots" is not a size/),
    ]);
  });

  it('leaves a placeholder alone that is escaped', () => {
    const { cases } = suiteOf([{ matrix: { x: ['v'] }, command: ['a', `$${X}`, `\${HOME} $\${x}`] }]);
    expect(cases[0]?.program.job.command).toEqual(['a', X, `\${HOME} $\${x}`]);
  });

  it('takes out and adds combinations', () => {
    const matrix = {
      a: ['x', 'y'],
      b: ['1', '2'],
      exclude: [
        { a: 'y', b: '2' },
        { b: '1', a: 'x' },
      ],
      include: [{ b: '9', a: 'z' }],
    };
    expect(titles(suiteOf([{ name: 'j', matrix }]))).toEqual(['j[a=x,b=2]', 'j[a=y,b=1]', 'j[a=z,b=9]']);
  });

  it('may be nothing but a list of combinations', () => {
    const suite = suiteOf([{ name: 'j', matrix: { include: [{ a: 1 }, { a: 2 }] } }]);
    expect(titles(suite)).toEqual(['j[a=1]', 'j[a=2]']);
  });

  it.each([
    [{ x: [] }, 'jobs[0].matrix.x: is empty; list at least one value'],
    [{ x: 'a' }, 'jobs[0].matrix.x: "a" is not a list; write [value, value]'],
    [
      { x: [null] },
      'jobs[0].matrix.x[0]: null is not a value of a matrix; use text, a number, true or false',
    ],
    [
      { x: [['a']] },
      'jobs[0].matrix.x[0]: a list of 1 is not a value of a matrix; use text, a number, true or false',
    ],
    [{ x: ['a', 'a'] }, 'jobs[0].matrix.x[1]: "a" is given twice'],
    [{ x: [1, '1'] }, 'jobs[0].matrix.x[1]: "1" is given twice'],
    [{ 'a b': [1] }, 'jobs[0].matrix["a b"]: is not a key of a matrix; use letters, digits, "_" and "-"'],
    [{ x: ['a'], exclude: [{ x: 'a' }] }, 'jobs[0].matrix: leaves no combination'],
    [{ x: ['a'], exclude: [{ x: 'b' }] }, 'jobs[0].matrix.exclude[0]: excludes nothing'],
    [
      { xyz: ['a', 'b'], exclude: [{ xyy: 'b', xyz: 'a' }] },
      'jobs[0].matrix.exclude[0].xyy: unknown key; did you mean "xyz"?',
    ],
    [{ x: ['a'], y: ['b'], include: [{ x: 'c' }] }, 'jobs[0].matrix.include[0]: is missing a value for "y"'],
    [
      { x: ['a'], include: [{ x: 'a' }] },
      'jobs[0].matrix.include[0]: is a combination that is there already',
    ],
    [{}, 'jobs[0].matrix: leaves no combination'],
    [{ x: ['a\nb'] }, expect.stringContaining('contains a newline')],
    [5, expect.stringMatching(/^jobs\[0\]\.matrix: 5 is not an object/)],
  ])('refuses %j', (matrix, line) => {
    const lines = suiteProblems([{ name: 'j', matrix }]);
    expect(lines).toContainEqual(line);
  });

  it('refuses keys that are not there, and placeholders that are not closed', () => {
    expect(
      suiteProblems([
        { name: 'a', matrix: { lang: ['c'] }, env: { A: placeholder('lnag'), B: placeholder('zzz') } },
      ]),
    ).toEqual([
      'jobs[0].env.A: the matrix has no key "lnag"; did you mean "lang"?',
      'jobs[0].env.B: the matrix has no key "zzz"; there are lang',
    ]);
    expect(suiteProblems([{ env: { A: X } }])).toEqual([
      `jobs[0].env.A: "${X}" is not known: there is no matrix here`,
    ]);
    expect(suiteProblems([{ matrix: { x: [1] }, env: { A: `a ${X.slice(0, -1)}` } }])).toEqual([
      `jobs[0].env.A: "${X.slice(0, -1)}" is not closed by "}"`,
    ]);
  });

  it('cannot make a key that changes prototypes, or one twice', () => {
    expect(suiteProblems([{ name: 'j', matrix: { x: ['__proto__'] }, env: { [X]: 'a' } }])).toEqual([
      `jobs[0].env["${X}"]: becomes "__proto__", which is not allowed as a key`,
    ]);
    expect(suiteProblems([{ name: 'j', matrix: { x: ['A'] }, env: { [X]: 'a', A: 'b' } }])).toEqual([
      'jobs[0].env.A: is given twice: both are "A"',
    ]);
  });

  // attacks.md E1: a small file that would become a large suite
  it('has a bound on combinations, cases and text', async () => {
    const hundred = Array.from({ length: 101 }, (_, i) => i);
    expect(suiteProblems([{ name: 'j', matrix: { x: hundred, y: hundred } }])).toEqual([
      'jobs[0].matrix: has 10201 combinations; at most 10000',
    ]);
    const cases = Array.from({ length: 100 }, (_, i) => ({ name: `c${i}` }));
    expect(
      suiteProblems([
        {
          name: 'j',
          matrix: { x: hundred, y: hundred.slice(2) },
          cases: [...cases, ...cases.map(({ name }) => ({ name: `${name}b` }))],
        },
      ]),
    ).toEqual(['jobs[0]: the suite has too many cases here; at most 200000']);
    const text = `jobs: [{ command: [a], matrix: { x: [${'v'.repeat(150)}] }, stdin: "${X.repeat(500_000)}" }]`;
    expect(await yamlProblems(text)).toContainEqual(
      expect.stringMatching(
        /^1:\d+: jobs\[0\]\.stdin: too much text from matrix values; at most 67108864 characters in a suite$/,
      ),
    );
  }, 60_000);
});
