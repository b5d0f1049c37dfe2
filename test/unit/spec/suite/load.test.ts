import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { loadSuites } from '../../../../src/spec/index.js';
import { directoryOf, linesOf, loadYaml, titles, yamlProblems } from './support.js';

const GOOD = 'jobs:\n  - command: [a]\n';

describe('problems of files', () => {
  it('shows all of fifty, by line and column, in one go', async () => {
    const jobs = Array.from(
      { length: 50 },
      (_, i) => `  - { name: j${i}, command: [a], limits: { memroy: ${i} } }`,
    );
    const lines = await yamlProblems(['jobs:', ...jobs].join('\n'));
    expect(lines).toEqual(
      jobs.map(
        (job, i) =>
          `${i + 2}:${job.indexOf('memroy') + 1}: jobs[${i}].limits.memroy: unknown key; did you mean "memory"?`,
      ),
    );
  });

  it('sorts by column within a line, whatever found it', async () => {
    const text =
      'jobs: [{ name: a, needs: [b], limits: { pids: x }, netwrok: none, files: { f: { path: nope } } }]';
    expect(await yamlProblems(text)).toEqual([
      '1:8: jobs[0].command: is missing; write a list such as ["./program", "--flag"]',
      '1:27: jobs[0].needs[0]: there is no job "b"; there are "a"',
      expect.stringMatching(/^1:47: jobs\[0\]\.limits\.pids: "x" is not a count; use /),
      '1:52: jobs[0].netwrok: unknown key; did you mean "network"?',
      '1:87: jobs[0].files.f.path: "nope": there is no such file',
    ]);
  });

  it('sorts by file first', async () => {
    const cwd = await directoryOf({ 'b.yaml': 'jobs: 1\n', 'a.yaml': '\njobs: 2\n' });
    const lines = await linesOf(loadSuites(['b.yaml', 'missing.yaml', 'a.yaml'], { cwd }));
    expect(lines).toEqual([
      expect.stringMatching(/^a\.yaml:2:7: jobs: 2 is not a list; write /),
      expect.stringMatching(/^b\.yaml:1:7: jobs: 1 is not a list; write /),
      'missing.yaml: there is no such file',
    ]);
  });

  it('counts what it leaves out beyond 200', async () => {
    const keys = Array.from({ length: 250 }, (_, i) => `V${i}: 1`).join(', ');
    const lines = await yamlProblems(`jobs: [{ command: [a], env: { ${keys} } }]`);
    expect(lines).toHaveLength(201);
    expect(lines.at(-1)).toBe('… and 50 more');
  });

  it('shows what a hundred jobs inherit once, where it is written', async () => {
    const jobs = Array.from({ length: 100 }, (_, i) => `  - { name: j${i}, command: [a] }`).join('\n');
    expect(await yamlProblems(`defaults:\n  limits: { memory: 64q }\njobs:\n${jobs}\n`)).toEqual([
      expect.stringMatching(/^2:21: defaults\.limits\.memory: "64q" is not a size; use /),
    ]);
  });

  it('keeps names of files on one line', async () => {
    const cwd = await directoryOf({ 'a\n\u001b[31m.yaml': 'jobs: 1\n' });
    const lines = await linesOf(loadSuites(['a\n\u001b[31m.yaml'], { cwd }));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^"a\\n\\u001b\[31m\.yaml":1:7: /);
  });

  it('refuses a file that is too large by its size, without reading it', async () => {
    const cwd = await directoryOf({ 's.yaml': '' });
    await truncate(join(cwd, 's.yaml'), 100 * 1024 ** 2);
    const before = process.memoryUsage().arrayBuffers;
    expect(await linesOf(loadSuites(['s.yaml'], { cwd }))).toEqual([
      's.yaml: has 104857600 bytes; at most 16MiB',
    ]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 ** 2);
  });

  it('refuses a file that has no size and no end', async () => {
    expect(await linesOf(loadSuites(['/dev/zero'], { cwd: '/' }))).toEqual([
      '/dev/zero: is a device, not a file',
    ]);
  });

  it('does not wait for a pipe', async () => {
    const cwd = await directoryOf({});
    await execa('mkfifo', [join(cwd, 's.yaml')]);
    expect(await linesOf(loadSuites(['s.yaml'], { cwd }))).toEqual(['s.yaml: is a pipe, not a file']);
  });

  it.each([
    ['UTF-16', Buffer.from('\uFEFFjobs: []', 'utf16le')],
    ['Latin-1', Buffer.from('name: é\n', 'latin1')],
  ])('refuses %s', async (_name, bytes) => {
    const cwd = await directoryOf({ 's.yaml': bytes });
    expect(await linesOf(loadSuites(['s.yaml'], { cwd }))).toEqual(['s.yaml: is not UTF-8 text']);
  });

  it('says when a link goes round in circles', async () => {
    const cwd = await directoryOf({});
    await symlink('s.yaml', join(cwd, 's.yaml'));
    expect(await linesOf(loadSuites(['s.yaml'], { cwd }))).toEqual([
      's.yaml: leads through too many symbolic links',
    ]);
  });
});

describe('which files', () => {
  const names = async (paths: string[], files: Record<string, string>): Promise<string[]> => {
    const suites = await loadSuites(paths, { cwd: await directoryOf(files) });
    return suites.map(({ name }) => name);
  };

  it('takes a file of any name', async () => {
    expect(await names(['anything'], { anything: GOOD })).toEqual(['anything']);
  });

  it('finds suites by their names in a directory, sorted', async () => {
    const files = {
      'd/b.suite.yaml': GOOD,
      'd/a.hotcell.yml': GOOD,
      'd/deep/er/c.suite.json': '{"jobs":[{"command":["a"]}]}',
      'd/hotcell.yaml': GOOD,
      'd/other.yaml': 'broken: [',
      'd/node_modules/x/x.suite.yaml': 'broken: [',
    };
    expect(await names(['d'], files)).toEqual([
      'd/a.hotcell.yml',
      'd/b.suite.yaml',
      'd/deep/er/c.suite.json',
      'd/hotcell.yaml',
    ]);
  });

  it('finds suites by a pattern', async () => {
    const files = { 'x/1.yaml': GOOD, 'x/2.yaml': GOOD, 'x/3.txt': 'broken: [' };
    expect(await names(['x/*.yaml'], files)).toEqual(['x/1.yaml', 'x/2.yaml']);
  });

  it('takes a file that is called like a pattern', async () => {
    expect(await names(['[a].yaml'], { '[a].yaml': GOOD, 'a.yaml': 'broken: [' })).toEqual(['[a].yaml']);
  });

  it('reads each file once, however it is named', async () => {
    const cwd = await directoryOf({ 'a.suite.yaml': GOOD });
    await symlink('a.suite.yaml', join(cwd, 'b.yaml'));
    const suites = await loadSuites(['a.suite.yaml', '.', './a.suite.yaml', '*.yaml', 'b.yaml'], { cwd });
    expect(suites).toHaveLength(1);
  });

  it.each([
    ['a directory without suites', ['d'], /^d: is a directory without suites; they are called /],
    ['a pattern that matches nothing', ['*.nope'], /^\*\.nope: no file matches$/],
    ['a missing file', ['nope.yaml'], /^nope\.yaml: there is no such file$/],
    [
      'a file below a file',
      ['f/x.yaml'],
      /^f\/x\.yaml: there is no such file: a part of the path is no directory$/,
    ],
    ['nothing', [''], /^"": is not a path$/],
    ['a NUL', ['a\0b'], /^"a\\u0000b": is not a path$/],
  ])('refuses %s', async (_what, paths, line) => {
    const cwd = await directoryOf({ f: '', 'd/x.txt': '' });
    expect(await linesOf(loadSuites(paths, { cwd }))).toEqual([expect.stringMatching(line)]);
  });

  it('wants at least one', async () => {
    expect(await linesOf(loadSuites([], { cwd: '/' }))).toEqual([
      'no suite is named; name a file, a directory or a pattern',
    ]);
  });

  it('refuses two suites of one name', async () => {
    const cwd = await directoryOf({ 'a.yaml': `name: x\n${GOOD}`, 'b.yaml': `\nname: x\n${GOOD}` });
    expect(await linesOf(loadSuites(['a.yaml', 'b.yaml'], { cwd }))).toEqual([
      `b.yaml:2:7: name: "x" is the name of ${join(cwd, 'a.yaml')} already`,
    ]);
  });

  it('knows a suite by its name, or its file', async () => {
    const named = await loadYaml(`name: mine\n${GOOD}`);
    expect(named.name).toBe('mine');
    expect(named.path).toMatch(/\/s\.yaml$/);
    expect((await loadYaml(GOOD)).name).toBe('s.yaml');
    const cwd = await directoryOf({ 'a\nb': GOOD });
    const [suite] = await loadSuites(['a\nb'], { cwd });
    expect(suite?.name).toBe('a?b');
  });
});

describe('a large suite', () => {
  it('loads five thousand cases', async () => {
    const cases = Array.from(
      { length: 5000 },
      (_, i) => `      - { name: c${i}, stdin: "${i}\\n", expect: { stdout: "${i}\\n" } }`,
    );
    const suite = await loadYaml(
      `jobs:\n  - name: cat\n    command: [cat]\n    cases:\n${cases.join('\n')}\n`,
    );
    expect(suite.cases).toHaveLength(5000);
    expect(titles(suite).at(-1)).toBe('cat › c4999');
    const [first, second] = suite.cases;
    expect(first?.program.job.limits).toBe(second?.program.job.limits);
  }, 60_000);

  it('has one copy of a file that a thousand jobs have', async () => {
    const suite = await loadYaml(
      `defaults: { files: { big: { content: ${'x'.repeat(1_000_000)} } } }\njobs:\n  - command: [a]\n    matrix: { n: [${Array.from({ length: 1000 }, (_, i) => i).join(', ')}] }\n`,
    );
    const copies = new Set(suite.cases.map(({ program }) => program.job.files[0]));
    expect(suite.cases).toHaveLength(1000);
    expect(copies.size).toBe(1);
  }, 60_000);
});

describe('directories among the files', () => {
  it('refuses a directory where a file belongs', async () => {
    const cwd = await directoryOf({ 's.yaml': 'jobs:\n  - { command: [a], stdin: { path: d } }\n' });
    await mkdir(join(cwd, 'd'));
    await writeFile(join(cwd, 'd', 'x'), '');
    expect(await linesOf(loadSuites(['s.yaml'], { cwd }))).toEqual([
      's.yaml:2:36: jobs[0].stdin.path: "d" is a directory, not a file',
    ]);
  });
});
