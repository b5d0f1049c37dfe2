import { describe, expect, it } from 'vitest';
import { STATUSES } from '../../../../src/spec/index.js';
import { caseOf, loadYaml, suiteProblems, textOf, yamlProblems } from './support.js';

const expectOf = (given: unknown) => caseOf({ expect: given }).expect;
const problemsOfExpect = (given: unknown) =>
  suiteProblems([{ expect: given }]).map((line) => line.replace(/^jobs\[0\]\.expect(?:\.|: )/, ''));

describe('how a program must end', () => {
  it.each([
    [undefined, ['ok'], null, null],
    [{}, ['ok'], null, null],
    [{ exitCode: 0 }, ['ok'], 0, null],
    [{ exitCode: 7 }, ['nonzero-exit'], 7, null],
    [{ signal: 'SIGSEGV' }, ['signaled'], null, 'SIGSEGV'],
    [{ signal: 'SIGSYS' }, ['signaled', 'syscall-denied'], null, 'SIGSYS'],
    [{ status: 'memory-exceeded' }, ['memory-exceeded'], null, null],
    [{ status: ['ok', 'nonzero-exit', 'ok'] }, ['ok', 'nonzero-exit'], null, null],
    [{ status: ['nonzero-exit', 'signaled'], exitCode: 3 }, ['nonzero-exit', 'signaled'], 3, null],
    [{ status: 'memory-exceeded', signal: 'SIGKILL' }, ['memory-exceeded'], null, 'SIGKILL'],
  ])('%j', (given, statuses, exitCode, signal) => {
    expect(expectOf(given)).toMatchObject({ statuses, exitCode, signal });
  });

  it('can be every status but a fault of ours and a cancelled run', () => {
    const possible = STATUSES.filter((status) => problemsOfExpect({ status }).length === 0);
    expect(STATUSES.filter((status) => !possible.includes(status))).toEqual(['cancelled', 'internal-error']);
  });

  it.each([
    [{ status: 'any' }, /^status: "any" is not allowed; use one or a list of ok, nonzero-exit, /],
    [{ status: 'timeout' }, /^status: "timeout" is not allowed; /],
    [{ status: 'cpu-time-exceded' }, /did you mean "cpu-time-exceeded"\?$/],
    [{ status: [] }, /^status: is empty; list at least one status$/],
    [{ status: ['ok', 'any'] }, /^status\[1\]: "any" is not allowed; /],
    [{ status: 'internal-error' }, /^status: "internal-error" is not allowed; /],
    [{ exitCode: 256 }, /^exitCode: /],
    [{ exitCode: '1' }, /^exitCode: "1" is not /],
    [{ exitCode: 1.5 }, /^exitCode: /],
    [
      { signal: 'SEGV' },
      /^signal: "SEGV" is not a signal; use a name such as "SIGSEGV"; did you mean "SIGSEGV"\?$/,
    ],
    [{ signal: 11 }, /^signal: 11 is not text$/],
    [{ exitCode: 0, signal: 'SIGKILL' }, /^has exitCode and signal; a program ends by one of them$/],
    [{ status: 'ok', exitCode: 1 }, /^can never hold: exitCode 1 is not with status ok$/],
    [{ status: ['ok', 'signaled'], exitCode: 1 }, /^can never hold: /],
    [
      { status: 'nonzero-exit', signal: 'SIGKILL' },
      /^can never hold: signal SIGKILL is not with status nonzero-exit$/,
    ],
    [{ statsu: 'ok' }, /^statsu: unknown key; did you mean "status"\?$/],
    [{ code: 1 }, /^code: unknown key; did you mean "exitCode"\?$/],
    [{ maxMemory: 'x' }, /^maxMemory: "x" is not a size; /],
    [{ maxCpuTime: 0 }, /^maxCpuTime: 0 is too small; /],
    ['ok', /^"ok" is not an object$/],
  ])('refuses %j', (given, line) => {
    expect(problemsOfExpect(given)).toEqual([expect.stringMatching(line)]);
  });
});

describe('expected texts', () => {
  const textWith = (stdout: unknown) => expectOf({ stdout }).stdout;

  it.each([
    ['a', { compare: 'exact' }, 'a'],
    [new TextEncoder().encode('bytes'), { compare: 'exact' }, 'bytes'],
    [{ text: 'a', compare: 'lines' }, { compare: 'lines' }, 'a'],
    [{ base64: 'aGk=' }, { compare: 'exact' }, 'hi'],
    [{ matches: '^a+$' }, { compare: 'matches', flags: '' }, '^a+$'],
    [{ matches: 'a', flags: 'im', compare: 'matches' }, { compare: 'matches', flags: 'im' }, 'a'],
    [{ text: 'a', compare: 'matches' }, { compare: 'matches' }, 'a'],
    [{ text: '1', compare: 'float' }, { compare: 'float', tolerance: 1e-6 }, '1'],
    [{ text: '1', compare: 'float', tolerance: 0 }, { compare: 'float', tolerance: 0 }, '1'],
    [{ text: '{"a":1}', compare: 'json' }, { compare: 'json' }, '{"a":1}'],
    ['', { compare: 'exact' }, ''],
  ])('%j', (given, want, text) => {
    const read = textWith(given);
    expect(read).toMatchObject(want);
    expect(textOf(read?.expected)).toBe(text);
  });

  it.each([
    [3, /^stdout: 3 is not an expected text; use text in quotes, /],
    [null, /^stdout: null is not an expected text; /],
    [{ text: 3 }, /^stdout\.text: 3 is not text; put it in quotes$/],
    [{}, /^stdout: is missing a source; use one of text, path, base64, matches$/],
    [{ text: 'a', path: 'b' }, /^stdout: has text and path; use only one of them$/],
    [
      { matches: 'a', compare: 'trim' },
      /^stdout: has matches, which cannot be compared as "trim"; use text$/,
    ],
    [
      { text: 'a', compare: 'tokenz' },
      /^stdout\.compare: "tokenz" is not allowed; .*did you mean "tokens"\?$/,
    ],
    [{ text: 'a', tolerance: 1 }, /^stdout: has a tolerance, which is for compare "float"$/],
    [{ text: 'a', compare: 'float', tolerance: -1 }, /^stdout\.tolerance: -1 is not a tolerance; /],
    [{ text: 'a', compare: 'float', tolerance: Number.NaN }, /^stdout\.tolerance: NaN is not /],
    [
      { text: 'a', compare: 'float', tolerance: Number.POSITIVE_INFINITY },
      /^stdout\.tolerance: Infinity is not /,
    ],
    [{ text: 'a', flags: 'i' }, /^stdout: has flags, which are for compare "matches"$/],
    [{ matches: 'a', flags: 'g' }, /^stdout\.flags: "g" are not flags of a regular expression here; /],
    [{ matches: 'a', flags: 'ii' }, /^stdout\.flags: "ii" are not flags /],
    [{ matches: '(' }, /^stdout: "\(" is not a regular expression: Unterminated group$/],
    [{ matches: 'a', flags: 'uv' }, /^stdout: "a" is not a regular expression: /],
    [
      { matches: 'a'.repeat(65_537) },
      /^stdout\.matches: 65537 characters; at most 65536 in a regular expression$/,
    ],
    [{ text: '{', compare: 'json' }, /^stdout: expects JSON, and is none: /],
    [{ base64: '?' }, /^stdout\.base64: "\?" is not base64 with padding$/],
    [{ regex: 'a' }, /^stdout\.regex: unknown key; did you mean "matches"\?$/],
  ])('refuses %j', (stdout, line) => {
    expect(problemsOfExpect({ stdout })).toEqual([expect.stringMatching(line)]);
  });

  it('reads the syntax of a regular expression that is in a file', async () => {
    const text = 'jobs: [{ command: [a], expect: { stdout: { path: re.txt, compare: matches, flags: u } } }]';
    expect(await yamlProblems(text, { 're.txt': '\\p{Nope}' })).toEqual([
      '1:50: jobs[0].expect.stdout.path: "\\\\p{Nope}" is not a regular expression: Invalid property name',
    ]);
    expect(await yamlProblems(text, { 're.txt': 'x'.repeat(70_000) })).toEqual([
      '1:50: jobs[0].expect.stdout.path: has 70000 bytes; at most 64KiB',
    ]);
    const suite = await loadYaml(text, { 're.txt': '\\p{L}+' });
    expect(suite.cases[0]?.expect.stdout).toMatchObject({
      compare: 'matches',
      flags: 'u',
      expected: { kind: 'path' },
    });
  });
});

describe('expected files', () => {
  it('are copied out even if the job does not list them', () => {
    const { program, expect: expected } = caseOf({
      outputs: ['a', './b'],
      expect: { outputs: { b: 'text', '/box/a': true, c: { base64: 'aGk=' } } },
    });
    expect(program.job.outputs).toEqual(['a', 'b', 'c']);
    expect(
      expected.outputs.map(({ path, content }) => [path, content === null ? null : textOf(content.expected)]),
    ).toEqual([
      ['b', 'text'],
      ['/box/a', null],
      ['c', 'hi'],
    ]);
  });

  it.each([
    [{ a: false }, /^outputs\.a: /],
    [{ a: 1 }, /^outputs\.a: 1 is not an expected text/],
    [{ '../a': true }, /^outputs\["\.\.\/a"\]: "\.\.\/a" contains "\.\."/],
    [{ 'a/': true }, /^outputs\["a\/"\]: "a\/" names no file$/],
    [{ a: true, './a': true }, /^outputs\["\.\/a"\]: "a" is given twice$/],
    [['a'], /^outputs: a list of 1 is not an object; /],
    [
      Object.fromEntries(Array.from({ length: 1025 }, (_, i) => [`f${i}`, true])),
      /^outputs: 1025 outputs; at most 1024$/,
    ],
  ])('refuse %j', (outputs, line) => {
    expect(problemsOfExpect({ outputs })).toEqual([expect.stringMatching(line)]);
  });
});
