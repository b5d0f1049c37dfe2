import { describe, expect, it } from 'vitest';
import { caseOf, suiteOf, suiteProblems } from './support.js';

const build = { command: ['gcc', 'main.c'], outputs: ['a.out'] };

describe('build', () => {
  it('has from its job where it runs, its files and variables, not its limits, input, network or command', () => {
    const { builds, cases } = suiteOf(
      [
        {
          name: 'j',
          files: { 'main.c': { content: 'x' } },
          env: { A: 'job', B: 'job' },
          workdir: '/work',
          limits: { memory: '1MiB', pids: 1 },
          network: 'host',
          stdin: 'in',
          allowDegraded: true,
          build: { ...build, env: { B: 'build' } },
        },
      ],
      { defaults: { build: { limits: { pids: 99 } } } },
    );
    expect(builds).toHaveLength(1);
    const [only] = builds;
    expect(only).toMatchObject({ name: 'j', id: cases[0]?.program.build });
    expect(only?.job).toMatchObject({
      command: ['gcc', 'main.c'],
      env: { A: 'job', B: 'build' },
      workdir: '/work',
      network: 'none',
      stdin: { kind: 'empty' },
      allowDegraded: true,
      outputs: ['a.out'],
      limits: { pids: 99, memoryBytes: 512 * 1024 ** 2 },
    });
    expect(only?.job.files.map(({ dest }) => dest)).toEqual(['main.c']);
  });

  it('is one for all jobs and cases that need the same', () => {
    const files = { 'main.c': { content: 'x' } };
    const { builds, cases } = suiteOf([
      { name: 'a', files, build, cases: [{ name: '1' }, { name: '2' }] },
      { name: 'b', files, build, args: ['-v'], matrix: { n: [1, 2] } },
      { name: 'c', files: { 'main.c': { content: 'y' } }, build },
      { name: 'd' },
    ]);
    expect(builds.map(({ name }) => name)).toEqual(['a', 'c']);
    const [first, second] = builds.map(({ id }) => id);
    expect(cases.map(({ program }) => program.build)).toEqual([first, first, first, first, second, null]);
  });

  it('is none of a job that has only limits for builds from the defaults', () => {
    const defaults = { build: { limits: { memory: '1g' } } };
    expect(suiteOf([{}], { defaults }).builds).toEqual([]);
    expect(suiteOf([{}], { defaults: { build } }).builds).toHaveLength(1);
  });

  it.each([
    [{ command: ['gcc'] }, 'jobs[0].build.outputs: is missing; list what it makes'],
    [{ outputs: ['a'] }, 'jobs[0].build.command: is missing; write a list such as ["./program", "--flag"]'],
    [
      { ...build, outputs: ['main.c'] },
      'jobs[0].build.outputs[0]: has the path of one of the files of the job',
    ],
    [
      { ...build, outputs: ['x', '/box/main.c'] },
      'jobs[0].build.outputs[1]: has the path of one of the files of the job',
    ],
    [{ ...build, limits: { memroy: 1 } }, 'jobs[0].build.limits.memroy: unknown key; did you mean "memory"?'],
    [{ ...build, artifacts: [] }, 'jobs[0].build.artifacts: unknown key; did you mean "outputs"?'],
    [{ ...build, build }, expect.stringMatching(/^jobs\[0\]\.build\.build: unknown key; /)],
    ['make', 'jobs[0].build: "make" is not an object'],
  ])('refuses %j', (given, line) => {
    expect(suiteProblems([{ files: { 'main.c': { content: '' } }, build: given }])).toEqual([line]);
  });
});

describe('checker and interactor', () => {
  const checker = { command: ['./check'], args: ['--strict'], files: { check: { content: 'x' } }, build };

  it('are small jobs of their own, with their own build, where the job runs', () => {
    const { builds, cases } = suiteOf([
      {
        image: 'dir:/images/x',
        isolation: 'namespaces',
        allowDegraded: true,
        env: { SECRET: 'x' },
        network: 'host',
        mounts: [{ source: '/a', target: '/b' }],
        expect: { checker },
        interactor: { ...checker, build: undefined, limits: { wallTime: '9s' } },
      },
    ]);
    const [item] = cases;
    const program = item?.expect.checker;
    expect(program?.job).toMatchObject({
      command: ['./check', '--strict'],
      image: 'dir:/images/x',
      isolation: 'namespaces',
      allowDegraded: true,
      env: {},
      network: 'none',
      mounts: [],
    });
    expect(program?.build).toBe(builds[0]?.id);
    expect(item?.program.build).toBeNull();
    expect(item?.interactor?.job.limits.wallTimeMs).toBe(9000);
    expect(item?.interactor?.build).toBeNull();
  });

  it('are shared by the cases that do not change them, and changed by the others', () => {
    const { cases } = suiteOf([
      {
        expect: { checker },
        interactor: { command: ['./talk'], args: ['1'] },
        cases: [
          { name: 'a', expect: { exitCode: 3 } },
          { name: 'b' },
          { name: 'c', interactor: { args: ['2'] }, expect: { checker: { args: [] } } },
        ],
      },
    ]);
    const [a, b, c] = cases;
    expect(a?.expect.checker).toBe(b?.expect.checker);
    expect(a?.interactor).toBe(b?.interactor);
    expect(b?.interactor?.job.command).toEqual(['./talk', '1']);
    expect(c?.interactor?.job.command).toEqual(['./talk', '2']);
    expect(c?.expect.checker?.job.command).toEqual(['./check']);
  });

  it.each([
    [
      { expect: { checker: {} } },
      'jobs[0].expect.checker.command: is missing; write a list such as ["./program", "--flag"]',
    ],
    [{ expect: { checker: 'check.py' } }, 'jobs[0].expect.checker: "check.py" is not an object'],
    [
      { expect: { checker: { command: ['a'], stdin: 'x' } } },
      expect.stringMatching(/^jobs\[0\]\.expect\.checker\.stdin: unknown key; /),
    ],
    [
      { expect: { checker: { command: ['a'], build: { command: ['b'] } } } },
      'jobs[0].expect.checker.build.outputs: is missing; list what it makes',
    ],
    [
      { interactor: { command: [] } },
      'jobs[0].interactor.command: is empty; write a list such as ["./program", "--flag"]',
    ],
    [
      { interactor: { command: ['a'], limits: { pids: 'x' } } },
      expect.stringMatching(/^jobs\[0\]\.interactor\.limits\.pids: /),
    ],
    [
      { interactor: { command: ['a'] }, stdin: 'x' },
      'jobs[0].stdin: is never read: the interactor writes what the program reads',
    ],
  ])('refuse %j', (job, line) => {
    expect(suiteProblems([job])).toEqual([line]);
  });

  it('leave the input to the checker when there are both', () => {
    const item = caseOf({ interactor: { command: ['a'] }, stdin: 'x', expect: { checker } });
    expect(item.program.job.stdin.kind).toBe('bytes');
  });
});

describe('arguments', () => {
  it('follow the command, wherever they come from', () => {
    expect(caseOf({ args: ['x'] }).program.job.command).toEqual(['./program', 'x']);
    expect(caseOf({ args: ['x'] }, { defaults: { args: ['y'] } }).program.job.command).toEqual([
      './program',
      'x',
    ]);
  });

  it('have the bound that a command has, with those of the case', () => {
    const many = (length: number) => Array.from({ length }, () => 'x'.repeat(100));
    const job = { args: many(15_000), cases: [{ name: 'a' }, { name: 'b', args: many(15_000) }] };
    expect(suiteProblems([job])).toEqual([
      expect.stringMatching(/^jobs\[0\]\.command: the arguments have \d+ bytes together; at most 2097152$/),
    ]);
  }, 60_000);
});

describe('output that is kept to be judged', () => {
  const line = (place: string): string =>
    `jobs[0]${place}.limits.output: a suite keeps all output to judge it; at most 256MiB of each stream`;
  const limited = (output: unknown) => ({ command: ['a'], limits: { output } });

  it.each([
    ['of a job', (output: unknown) => limited(output), ''],
    ['of a case', (output: unknown) => ({ cases: [{ name: 'x', limits: { output } }] }), '.cases[0]'],
    ['of a build', (output: unknown) => ({ build: { ...limited(output), outputs: ['o'] } }), '.build'],
    ['of an interactor', (output: unknown) => ({ interactor: limited(output) }), '.interactor'],
    ['of a checker', (output: unknown) => ({ expect: { checker: limited(output) } }), '.expect.checker'],
  ])('is bounded: that %s', (_what, job, place) => {
    for (const output of ['none', '257MiB', 2 ** 28 + 1]) {
      expect(suiteProblems([job(output)])).toEqual([line(place)]);
    }
    expect(suiteProblems([job('256MiB')])).toEqual([]);
  });
});
