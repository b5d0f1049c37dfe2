import { describe, expect, it } from 'vitest';
import { loadYaml, titles, yamlProblems } from './support.js';

const GOOD = 'jobs:\n  - command: [a]\n';

// attacks.md E1
describe('hostile YAML', () => {
  it('counts aliases as if they were written out', async () => {
    const levels = 'bcdefghij'.split('');
    const bomb = levels.map((name, index) => {
      const above = 'abcdefghi'[index];
      return `${name}: &${name} [${Array(9).fill(`*${above}`).join(', ')}]`;
    });
    const lines = await yamlProblems(['a: &a [x, x, x, x, x, x, x, x, x]', ...bomb].join('\n'));
    expect(lines[0]).toMatch(/^\d+:\d+: [a-j]\[\d\]: too many values, aliases written out; at most 500000$/);
  });

  it('bounds the number of aliases', async () => {
    const uses = Array.from({ length: 101 }, () => '*x').join(', ');
    expect(await yamlProblems(`labels: &x {}\njobs: [${uses}]\n`)).toEqual([
      '2:408: jobs[100]: too many aliases; at most 100',
    ]);
  });

  it('bounds nesting that is made of aliases', async () => {
    const chain = Array.from({ length: 30 }, (_, i) => `a${i}: &a${i} [${i === 0 ? '1' : `*a${i - 1}`}]`);
    const lines = await yamlProblems(chain.join('\n'));
    expect(lines[0]).toMatch(/nested too deeply with its aliases; at most 24 levels$/);
  });

  it.each([
    ['a: &a [*a]', '1:8: a[0]: the alias "*a" has no anchor before it'],
    ['a: *b', '1:4: a: the alias "*b" has no anchor before it'],
  ])('refuses an alias without what it stands for: %s', async (text, line) => {
    expect(await yamlProblems(text)).toEqual([line]);
  });

  it.each([
    ['flow', '['.repeat(1_000_000)],
    ['objects', '{a: '.repeat(1_000_000)],
    ['lists', '- '.repeat(1_000_000)],
    ['keys', '? '.repeat(1_000_000)],
    ['blocks', Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('stops at deep nesting of %s', async (_name, text) => {
    const lines = await yamlProblems(text);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\d+:\d+: nested too deeply; at most 24 levels$/);
  });

  it('stops at more tokens than a suite may have', async () => {
    const lines = await yamlProblems('\n'.repeat(2_100_000));
    expect(lines).toEqual([expect.stringMatching(/^\d+:1: too large; at most 2000000 YAML tokens$/)]);
  }, 60_000);

  it('lists a bounded number of the errors of what is no YAML', async () => {
    const lines = await yamlProblems(']'.repeat(100_000));
    expect(lines.length).toBeLessThanOrEqual(201);
    expect(lines[0]).toMatch(/^1:1: /);
  });

  it.each([
    ['jobs: []\njobs: []\n', '2:1: jobs: is given twice'],
    ['jobs:\n  - command: [a]\n    env: { A: x, A: y }\n', '3:18: jobs[0].env.A: is given twice'],
    ['{ "jobs": [], "jobs": [] }', '1:15: jobs: is given twice'],
  ])('refuses a key that is given twice: %j', async (text, line) => {
    expect(await yamlProblems(text)).toEqual([line]);
  });

  it.each([
    ['"__proto__": { jobs: [] }\n', '1:1: __proto__: is not allowed as a key'],
    [
      'jobs:\n  - command: [a]\n    env: { __proto__: x }\n',
      '3:12: jobs[0].env.__proto__: is not allowed as a key',
    ],
  ])('refuses __proto__: %j', async (text, line) => {
    expect(await yamlProblems(text)).toEqual([line]);
    expect(({} as { jobs?: unknown }).jobs).toBeUndefined();
  });

  it('lets constructor and prototype be no more than names', async () => {
    const { cases } = await loadYaml(`${GOOD}    env: { constructor: x, prototype: y, toString: z }\n`);
    expect(Object.entries(cases[0]?.program.job.env ?? {})).toEqual([
      ['constructor', 'x'],
      ['prototype', 'y'],
      ['toString', 'z'],
    ]);
    const lines = await yamlProblems('constructor: 1\njobs: [{ command: [a] }]\n');
    expect(lines).toEqual([expect.stringMatching(/^1:1: constructor: unknown key; allowed: /)]);
  });

  it('refuses tabs for indentation, with their place', async () => {
    expect(await yamlProblems('jobs:\n\t- command: [a]\n')).toEqual([
      '2:1: tabs are not allowed as indentation',
    ]);
  });

  it.each([
    ['!!binary aGk=', 'tag:yaml.org,2002:binary'],
    ['!!js/function "x"', 'tag:yaml.org,2002:js/function'],
    ['!env HOME', '!env'],
  ])('knows no tags that make other types: %s', async (value, tag) => {
    expect(await yamlProblems(`name: ${value}\n${GOOD}`)).toEqual([`1:7: unresolved tag: ${tag}`]);
  });

  it.each([
    [
      'a second document',
      `${GOOD}---\n${GOOD}`,
      '3:1: a second document begins here; use one file per suite',
    ],
    ['another version', `%YAML 1.1\n---\n${GOOD}`, '1:1: YAML 1.1 is not understood; use 1.2'],
    [
      'merge keys',
      'labels: &x { a: b }\njobs: [{ <<: *x }]\n',
      '2:10: jobs[0]["<<"]: merge keys are not understood; use "extends" and "templates"',
    ],
    ['a list as a key', '? [a]\n: b\n', '1:3: a key is not text; write it as text'],
    ['nothing', '', '1:1: is empty; write jobs: [{ command: ["./program"] }]'],
    ['only a comment', '# jobs\n', '1:1: is empty; write jobs: [{ command: ["./program"] }]'],
  ])('refuses %s', async (_what, text, line) => {
    expect(await yamlProblems(text)).toEqual([line]);
  });

  it('refuses text for a suite', async () => {
    expect(await yamlProblems('hello\n')).toEqual(['1:1: "hello" is not an object']);
    expect(await yamlProblems('- 1\n')).toEqual(['1:1: a list of 1 is not an object']);
  });
});

describe('YAML as people write it', () => {
  it.each([
    ['a byte order mark', `\uFEFF${GOOD}`],
    ['Windows line ends', GOOD.replaceAll('\n', '\r\n')],
    ['a document marker', `---\n${GOOD}...\n`],
    ['JSON', '{"jobs": [{"command": ["a"]}]}'],
    ['JSON with tabs', '{\n\t"jobs": [\n\t\t{"command": ["a"]}\n\t]\n}'],
  ])('understands %s', async (_what, text) => {
    expect(titles(await loadYaml(text))).toEqual(['a']);
  });

  it('understands anchors and aliases', async () => {
    const { cases } = await loadYaml(
      'jobs:\n  - { name: x, command: &c [a, b] }\n  - { name: y, command: *c }\n',
    );
    expect(cases.map(({ program }) => program.job.command)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('shows a problem in what an anchor names where that is written', async () => {
    const text =
      'jobs:\n  - { name: x, command: [a], limits: &l { memroy: 1 } }\n  - { name: y, command: [a], limits: *l }\n';
    expect(await yamlProblems(text)).toEqual([
      '2:43: jobs[0].limits.memroy: unknown key; did you mean "memory"?',
    ]);
  });

  it('reads yes, no and on as text, as YAML 1.2 does', async () => {
    const { cases } = await loadYaml(`${GOOD}    env: { A: yes, NO: "no", ON: on }\n`);
    expect(cases[0]?.program.job.env).toEqual({ A: 'yes', NO: 'no', ON: 'on' });
  });

  it('takes numbers that are keys as they are written', async () => {
    const { cases } = await loadYaml(`${GOOD}    labels: { 1.10: a, 010: b }\n`);
    expect(cases[0]?.labels).toEqual({ '1.10': 'a', '010': 'b' });
  });

  it('gives the position in a file with a byte order mark', async () => {
    expect(await yamlProblems(`\uFEFFjbos: []\n`)).toEqual(['1:1: jbos: unknown key; did you mean "jobs"?']);
  });
});
