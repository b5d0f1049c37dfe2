import { describe, expect, it } from 'vitest';
import { parseSuite } from '../../../../src/spec/index.js';
import { caseOf, loadYaml, suiteOf, suiteProblems, textOf, yamlProblems } from './support.js';

describe('defaults', () => {
  it('hold where a job says nothing: objects are merged, lists replaced', () => {
    const { program, labels } = caseOf(
      { limits: { pids: 3 }, env: { B: 'job' }, outputs: ['c'], labels: { own: '1' } },
      {
        labels: { suite: 's', own: 's' },
        defaults: {
          limits: { pids: 9, memory: '64MiB' },
          env: { A: 'default', B: 'default' },
          outputs: ['a', 'b'],
          labels: { defaults: 'd' },
        },
      },
    );
    expect(program.job.limits).toMatchObject({
      pids: 3,
      memoryBytes: 64 * 1024 ** 2,
      explicit: ['memory', 'pids'],
    });
    expect(program.job.env).toEqual({ A: 'default', B: 'job' });
    expect(program.job.outputs).toEqual(['c']);
    expect(labels).toEqual({ suite: 's', own: '1', defaults: 'd' });
    expect(program.job.labels).toEqual(labels);
  });

  it('may give the whole job', () => {
    const { cases } = parseSuite({ defaults: { command: ['x'] }, jobs: [{ name: 'a' }, { name: 'b' }] });
    expect(cases.map(({ program }) => program.job.command)).toEqual([['x'], ['x']]);
  });

  it('are checked even if every job overrides them', () => {
    expect(
      suiteProblems([{ limits: { memory: 'none' } }], { defaults: { limits: { memory: 'lots' } } }),
    ).toEqual([expect.stringMatching(/^defaults\.limits\.memory: "lots" is not a size/)]);
  });

  it.each(['name', 'cases', 'needs', 'extends'])('have no %s', (key) => {
    const [line, ...more] = suiteProblems([{}], { defaults: { [key]: 'x' } });
    expect(line).toMatch(new RegExp(`^defaults\\.${key}: unknown key; `));
    expect(more).toEqual([]);
  });
});

describe('what is said in another way', () => {
  it('replaces the command with all that belongs to it', () => {
    const { program } = caseOf(
      { command: undefined, entrypoint: ['b'], args: ['x'] },
      { defaults: { command: ['a', '1'] } },
    );
    expect(program.job.command).toEqual(['b', 'x']);
    const other = caseOf({ command: ['c'] }, { defaults: { entrypoint: ['b'], args: ['x'] } });
    expect(other.program.job.command).toEqual(['c']);
  });

  it('replaces a file, an input and an expected text', () => {
    const { program, expect: expected } = caseOf(
      {
        files: { f: { content: 'new' } },
        stdin: { base64: 'aGk=' },
        expect: { stdout: { text: 'x', compare: 'trim' }, outputs: { o: { text: 'y' } } },
      },
      {
        defaults: {
          files: { f: { path: '/old', mode: '0755' } },
          stdin: { path: '/old' },
          expect: {
            stdout: { path: '/old', compare: 'tokens' },
            outputs: { o: { path: '/old', compare: 'tokens' } },
          },
        },
      },
    );
    const [file] = program.job.files;
    expect(textOf(file?.source)).toBe('new');
    expect(file?.mode).toBe(0o755);
    expect(textOf(program.job.stdin)).toBe('hi');
    expect(expected.stdout).toMatchObject({ compare: 'trim' });
    expect(textOf(expected.stdout?.expected)).toBe('x');
    expect(textOf(expected.outputs[0]?.content?.expected)).toBe('y');
    expect(expected.outputs[0]?.content?.compare).toBe('tokens');
  });

  it('replaces what belongs to another way of comparing', () => {
    const defaults = { expect: { stdout: { text: '1.0', compare: 'float', tolerance: 0.1 } } };
    const compared = (stdout: unknown) => caseOf({ expect: { stdout } }, { defaults }).expect.stdout;
    expect(compared({ matches: 'x' })).toMatchObject({ compare: 'matches' });
    expect(compared({ compare: 'tokens' })).toMatchObject({ compare: 'tokens' });
    expect(compared({ text: '2.0' })).toMatchObject({ compare: 'float', tolerance: 0.1 });
  });

  it('replaces how a program ends', () => {
    const over = { expect: { exitCode: 3 } };
    const defaults = { expect: { signal: 'SIGSEGV', stdout: 'kept' } };
    const { expect: expected } = caseOf(over, { defaults });
    expect(expected).toMatchObject({ statuses: ['nonzero-exit'], exitCode: 3, signal: null });
    expect(textOf(expected.stdout?.expected)).toBe('kept');
  });

  it('takes words that mean nothing to it as the names they are', () => {
    const { program } = caseOf(
      { env: { text: 'a', command: 'x' }, labels: { path: 'b' } },
      { defaults: { env: { path: 'c', args: 'y' }, labels: { text: 'd' } } },
    );
    expect(program.job.env).toEqual({ path: 'c', args: 'y', text: 'a', command: 'x' });
    expect(program.job.labels).toEqual({ text: 'd', path: 'b' });
  });
});

describe('templates', () => {
  const templates = {
    base: { env: { A: 'base', B: 'base' }, retries: 1 },
    middle: { extends: 'base', env: { B: 'middle', C: 'middle' } },
    other: { env: { C: 'other' }, priority: 5 },
  };

  it('are put together in order: defaults, templates, their templates first, the job last', () => {
    const defaults = { env: { A: 'default', Z: 'default' }, retries: 7, priority: 7 };
    const item = caseOf({ extends: ['middle', 'other'], env: { D: 'job' } }, { templates, defaults });
    expect(item.program.job.env).toEqual({ A: 'base', B: 'middle', C: 'other', D: 'job', Z: 'default' });
    expect(item).toMatchObject({ retries: 1, priority: 5 });
  });

  it('may have cases and a matrix', () => {
    const shared = { matrix: { n: [1, 2] }, cases: [{ name: 'x' }, { name: 'y' }] };
    expect(suiteOf([{ name: 'j', extends: 't' }], { templates: { t: shared } }).cases).toHaveLength(4);
  });

  it('are checked when nobody uses them', () => {
    const lines = suiteProblems([{}], { templates: { t: { limits: { memroy: 1 } }, u: { extends: 'w' } } });
    expect(lines).toEqual([
      'templates.t.limits.memroy: unknown key; did you mean "memory"?',
      'templates.u.extends: there is no template "w"; there are "t", "u"',
    ]);
  });

  it('show the circle in which they extend each other', () => {
    const lines = suiteProblems([{ extends: 'a' }], {
      templates: {
        a: { extends: ['b'] },
        b: { extends: 'c' },
        c: { extends: 'a' },
        self: { extends: 'self' },
      },
    });
    expect(lines).toEqual([
      'templates.c.extends: the templates extend each other: "a" → "b" → "c" → "a"',
      'templates.self.extends: the templates extend each other: "self" → "self"',
    ]);
  });

  it('are named nearly right', () => {
    expect(suiteProblems([{ extends: 'midle' }], { templates })).toEqual([
      'jobs[0].extends: there is no template "midle"; did you mean "middle"?',
    ]);
    expect(suiteProblems([{ extends: 'x' }])).toEqual([
      'jobs[0].extends: there is no template "x"; there are none',
    ]);
  });

  it('are shown as the place of what a job has from them', async () => {
    const text = 'templates:\n  t: { stdin: { path: nope } }\njobs:\n  - { command: [a], extends: t }\n';
    expect(await yamlProblems(text)).toEqual(['2:23: templates.t.stdin.path: "nope": there is no such file']);
  });

  it('do not take exponential time', () => {
    const names = Array.from({ length: 300 }, (_, i) => `t${i}`);
    const chained = Object.fromEntries(
      names.map((name, i) => [name, i === 0 ? {} : { extends: [names[i - 1], names[i - 1]] }]),
    );
    expect(caseOf({ extends: 't299' }, { templates: chained }).job).toBe('program');
  });
});

describe('cases', () => {
  it('change their job, in every part that a case has', () => {
    const { cases } = suiteOf([
      {
        args: ['1'],
        env: { A: 'job' },
        files: { f: { content: 'job' } },
        limits: { pids: 5, memory: '1g' },
        labels: { l: 'job' },
        stdin: 'job',
        retries: 2,
        priority: 3,
        expect: { stdout: 'job' },
        cases: [
          { name: 'same' },
          {
            name: 'own',
            args: ['2'],
            env: { B: 'case' },
            files: { g: { content: 'case' } },
            limits: { pids: 6 },
            labels: { m: 'case' },
            stdin: 'case',
            retries: 0,
            priority: -1,
            expect: { stderr: 'case' },
          },
        ],
      },
    ]);
    const [same, own] = cases;
    expect(same).toMatchObject({ case: 'same', retries: 2, priority: 3, labels: { l: 'job' } });
    expect(same?.program.job.command).toEqual(['./program', '1']);
    expect(textOf(same?.program.job.stdin)).toBe('job');
    expect(own).toMatchObject({ case: 'own', retries: 0, priority: -1, labels: { l: 'job', m: 'case' } });
    expect(own?.program.job).toMatchObject({
      command: ['./program', '1', '2'],
      env: { A: 'job', B: 'case' },
      limits: { pids: 6, memoryBytes: 1024 ** 3 },
    });
    expect(own?.program.job.files.map(({ dest }) => dest)).toEqual(['f', 'g']);
    expect(textOf(own?.program.job.stdin)).toBe('case');
    expect(textOf(own?.expect.stdout?.expected)).toBe('job');
    expect(textOf(own?.expect.stderr?.expected)).toBe('case');
  });

  it('have names that are given once in a job', () => {
    expect(suiteProblems([{ cases: [{ name: 'a' }, { name: 'a' }] }])).toEqual([
      'jobs[0].cases[1].name: "a" is already the name of a case of this job',
    ]);
    expect(
      suiteOf([
        { name: 'x', cases: [{ name: 'a' }] },
        { name: 'y', cases: [{ name: 'a' }] },
      ]).cases,
    ).toHaveLength(2);
  });

  it.each([
    [{ cases: [] }, 'jobs[0].cases: is empty; leave it out for a job without cases'],
    [{ cases: [{}] }, 'jobs[0].cases[0].name: is missing; expected text'],
    [
      { cases: [{ name: 'a', command: ['x'] }] },
      expect.stringMatching(/^jobs\[0\]\.cases\[0\]\.command: unknown key; /),
    ],
    [
      { cases: [{ name: 'a', stdout: 'x' }] },
      'jobs[0].cases[0].stdout: unknown key; did you mean "expect.stdout"?',
    ],
    [{ cases: [{ name: 'a', retries: 101 }] }, 'jobs[0].cases[0].retries: 101 is too large; at most 100'],
    [{ cases: [{ name: 'a', retries: -1 }] }, 'jobs[0].cases[0].retries: -1 is too small; at least 0'],
    [
      { cases: [{ name: 'a', priority: 0.5 }] },
      expect.stringMatching(/^jobs\[0\]\.cases\[0\]\.priority: 0\.5 is not a priority/),
    ],
    [{ cases: 5 }, expect.stringMatching(/^jobs\[0\]\.cases: 5 is not a list; write /)],
    [{ cases: ['a'] }, 'jobs[0].cases[0]: "a" is not an object'],
  ])('refuse %j', (job, line) => {
    expect(suiteProblems([job])).toEqual([line]);
  });

  it('share what they do not change', async () => {
    const { cases } = await loadYaml(
      'jobs: [{ command: [a], stdin: abc, cases: [{ name: x }, { name: y, env: { A: b } }] }]',
    );
    expect(cases[0]?.program.job.stdin).toBe(cases[1]?.program.job.stdin);
  });
});

describe('jobs', () => {
  it('have names that are given once', () => {
    expect(suiteProblems([{ name: 'a' }, { name: 'b' }, { name: 'a' }, {}, {}])).toEqual([
      'jobs[2].name: "a" is already the name of jobs[0]',
      'jobs[4]: "program" is already the name of jobs[3]',
    ]);
  });

  it.each([
    [
      { stdin: { stream: true } },
      'jobs[0].stdin: a suite has nothing to stream; use text, { path }, { base64 } or an interactor',
    ],
    [{ needs: 5 }, 'jobs[0].needs: 5 is not a name; use text or a list of names'],
    [{ tests: [] }, 'jobs[0].tests: unknown key; did you mean "cases"?'],
    [{ env: null }, expect.stringMatching(/^jobs\[0\]\.env: null is not an object/)],
    [{ exclusive: 'yes' }, 'jobs[0].exclusive: "yes" is not true or false'],
  ])('refuse %j', (job, line) => {
    expect(suiteProblems([job])).toEqual([line]);
  });
});
