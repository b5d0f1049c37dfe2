import { chmod, mkdir, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { loadSuites } from '../../../../src/spec/index.js';
import { directoryOf, linesOf, suiteProblems, textOf } from './support.js';

const OUTSIDE = 'lies outside of the directory of the suite; copy it there, or allow it (--allow-outside)';

/** Every place of a suite where a path of the host can stand. */
const PLACES: readonly (readonly [place: string, job: (path: string) => string])[] = [
  ['files.f.path', (path) => `files: { f: { path: "${path}" } }`],
  ['stdin.path', (path) => `stdin: { path: "${path}" }`],
  ['envFile[0]', (path) => `envFile: ["${path}"]`],
  ['expect.stdout.path', (path) => `expect: { stdout: { path: "${path}" } }`],
  ['expect.stderr.path', (path) => `expect: { stderr: { path: "${path}" } }`],
  ['expect.outputs.o.path', (path) => `expect: { outputs: { o: { path: "${path}" } } }`],
  [
    'build.files.f.path',
    (path) => `build: { command: [b], outputs: [o], files: { f: { path: "${path}" } } }`,
  ],
  ['interactor.files.f.path', (path) => `interactor: { command: [i], files: { f: { path: "${path}" } } }`],
  [
    'expect.checker.files.f.path',
    (path) => `expect: { checker: { command: [c], files: { f: { path: "${path}" } } } }`,
  ],
];

async function suiteDirectory(job: string, files: Record<string, string> = {}): Promise<string> {
  return directoryOf({
    'in/s.yaml': `jobs:\n  - command: [a]\n    ${job}\n`,
    'secret.txt': 'secret',
    ...files,
  });
}

async function problemsIn(cwd: string, allowOutside = false): Promise<string[]> {
  const lines = await linesOf(loadSuites(['in/s.yaml'], { cwd, allowOutside }));
  return lines.map((line) => line.replace(/^in\/s\.yaml:\d+:\d+: /, ''));
}

describe.each(PLACES)('a path in %s', (place, job) => {
  it.each([
    ['that is missing', 'nope', '"nope": there is no such file'],
    ['of a directory', 'd', '"d" is a directory, not a file'],
    ['of a pipe', 'pipe', '"pipe" is a pipe, not a file'],
    ['below a file', 's.yaml/x', '"s.yaml/x": there is no such file: a part of the path is no directory'],
    ['outside', '../secret.txt', `"../secret.txt" ${OUTSIDE}`],
    ['outside and missing', '../nope', `"../nope" ${OUTSIDE}`],
    ['that is absolute', '/etc/passwd', `"/etc/passwd" ${OUTSIDE}`],
    ['of a link that leads outside', 'link', `"link" ${OUTSIDE}`],
    ['through a link that leads outside', 'up/secret.txt', `"up/secret.txt" ${OUTSIDE}`],
    ['of a link to itself', 'loop', '"loop": leads through too many symbolic links'],
  ])('is refused: one %s', async (_what, path, problem) => {
    const cwd = await suiteDirectory(job(path), { 'in/d/x': '' });
    await symlink('../secret.txt', join(cwd, 'in', 'link'));
    await symlink('..', join(cwd, 'in', 'up'));
    await symlink('loop', join(cwd, 'in', 'loop'));
    await execa('mkfifo', [join(cwd, 'in', 'pipe')]);
    expect(await problemsIn(cwd)).toEqual([`jobs[0].${place}: ${problem}`]);
  });

  it('may be a link within', async () => {
    const cwd = await suiteDirectory(job('link'), { 'in/a.txt': 'A=x' });
    await symlink('a.txt', join(cwd, 'in', 'link'));
    expect(await problemsIn(cwd)).toEqual([]);
  });

  it('may lead outside when that is allowed', async () => {
    const cwd = await suiteDirectory(job('../secret.txt'), { 'secret.txt': 'A=x' });
    expect(await problemsIn(cwd, true)).toEqual([]);
  });
});

describe('paths', () => {
  it('become absolute, from the directory of the suite', async () => {
    const cwd = await suiteDirectory('stdin: { path: ./x/../a.txt }', { 'in/a.txt': '', 'in/x/y': '' });
    const [suite] = await loadSuites(['in/s.yaml'], { cwd });
    expect(suite?.cases[0]?.program.job.stdin).toEqual({ kind: 'path', path: join(cwd, 'in/a.txt') });
  });

  it('may lead into a directory that is itself a link', async () => {
    const cwd = await directoryOf({
      'real/s.yaml': 'jobs: [{ command: [a], stdin: { path: a.txt } }]',
      'real/a.txt': '',
    });
    await symlink('real', join(cwd, 'in'));
    expect(await problemsIn(cwd)).toEqual([]);
  });

  it('are all shown with their places', async () => {
    const cwd = await suiteDirectory(
      'files: { f: { path: nope } }\n    cases:\n      - { name: x, stdin: { path: gone } }',
    );
    expect(await linesOf(loadSuites(['in/s.yaml'], { cwd }))).toEqual([
      'in/s.yaml:3:25: jobs[0].files.f.path: "nope": there is no such file',
      'in/s.yaml:5:35: jobs[0].cases[0].stdin.path: "gone": there is no such file',
    ]);
  });

  it('that are no paths are shown as such', async () => {
    const cwd = await suiteDirectory('stdin: { path: "a\\0b" }');
    expect(await problemsIn(cwd)).toEqual([expect.stringContaining('contains a NUL character')]);
  });

  it('must be readable by who runs the suite', async () => {
    const cwd = await suiteDirectory('stdin: { path: mine }', { 'in/mine': '' });
    await chmod(join(cwd, 'in', 'mine'), 0);
    await chmod(cwd, 0o755);
    const script = `
      import { loadSuites } from ${JSON.stringify(new URL('../../../../src/spec/index.ts', import.meta.url).href)};
      if (process.getuid() === 0) process.setuid(65534);
      await loadSuites(['in/s.yaml'], { cwd: ${JSON.stringify(cwd)} }).catch((error) => console.log(error.message));`;
    const { stdout } = await execa(process.execPath, [
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      script,
    ]);
    expect(stdout).toBe('in/s.yaml:3:20: jobs[0].stdin.path: "mine": is not readable: permission denied');
  }, 30_000);
});

describe('mounts and images', () => {
  it.each([
    ['mounts: [{ source: /, target: /host }]', `mounts[0].source: "/" ${OUTSIDE}`],
    ['mounts: [{ source: "./nope", target: /x }]', 'mounts[0].source: "./nope": there is no such file'],
    ['image: "dir:/"', `image: "/" ${OUTSIDE}`],
    ['image: "dir:s.yaml"', 'image: "s.yaml" is a file, not a directory'],
  ])('are held to the directory of the suite: %s', async (job, problem) => {
    expect(await problemsIn(await suiteDirectory(job))).toEqual([`jobs[0].${problem}`]);
  });

  it('may not let programs write where the next file is taken from', async () => {
    const mount = (mode: string) =>
      `mounts: [{ source: ./w, target: /w, mode: ${mode} }]\n    stdin: { path: w/in.txt }`;
    const files = { 'in/w/in.txt': '' };
    const cwd = await suiteDirectory(mount('rw'), files);
    expect(await problemsIn(cwd)).toEqual([
      `jobs[0].stdin.path: "w/in.txt" lies in "${cwd}/in/w", where a mount lets programs write; mount that as "overlay" or "ro", or move the file`,
    ]);
    expect(await problemsIn(await suiteDirectory(mount('overlay'), files))).toEqual([]);
    expect(await problemsIn(await suiteDirectory(mount('ro'), files))).toEqual([]);
  });

  it.each([
    ['of a link', 'w/link'],
    ['below a link to a directory', 'w/up/data.txt'],
    ['of a link to a link', 'alias'],
    ['below a link that is absolute', 'w/root/data.txt'],
  ])('may not let programs write where a link on the way to a file is: one %s', async (_what, path) => {
    const uses = [
      ...PLACES.map(
        ([place, job]) => `{ name: ${place.replaceAll(/\W/g, '-')}, command: [a], ${job(path)} }`,
      ),
      `{ name: mount, command: [a], mounts: [{ source: ./${path}, target: /t }] }`,
    ];
    const cwd = await suiteDirectory('mounts: [{ source: ./w, target: /w, mode: rw }]', {
      'in/uses.yaml': `name: uses\njobs:\n${uses.map((use) => `  - ${use}\n`).join('')}`,
      'in/data.txt': 'A=x',
      'in/w/x': '',
    });
    const link = (target: string, name: string) => symlink(target, join(cwd, 'in', name));
    await link('../data.txt', 'w/link');
    await link('..', 'w/up');
    await link(join(cwd, 'in'), 'w/root');
    await link('./w/../w/link', 'alias');
    const lines = await linesOf(loadSuites(['in/s.yaml', 'in/uses.yaml'], { cwd }));
    const problem = `${path}" leads through a link in "${cwd}/in/w", where a mount lets programs write`;
    expect(lines).toEqual(uses.map(() => expect.stringContaining(problem)));
  });

  it('may let programs write where a link to what is mounted is not', async () => {
    const cwd = await suiteDirectory(
      'mounts: [{ source: ./v, target: /w, mode: rw }]\n    stdin: { path: link }',
      { 'in/w/x': '', 'in/data.txt': '' },
    );
    await symlink('w', join(cwd, 'in', 'v'));
    await symlink('data.txt', join(cwd, 'in', 'link'));
    expect(await problemsIn(cwd)).toEqual([]);
  });

  it('may not do so for another suite', async () => {
    const cwd = await directoryOf({
      'a.yaml': 'name: a\njobs: [{ command: [a], mounts: [{ source: ./w, target: /w, mode: rw }] }]',
      'w/b.yaml': 'name: b\njobs: [{ command: [a], stdin: { path: in.txt } }]',
      'w/in.txt': '',
    });
    expect(await linesOf(loadSuites(['a.yaml', 'w/b.yaml'], { cwd }))).toEqual([
      expect.stringMatching(
        /^w\/b\.yaml:2:39: jobs\[0\]\.stdin\.path: "in\.txt" lies in ".*\/w", where a mount lets programs write/,
      ),
    ]);
  });
});

describe('env files', () => {
  it('are read at load, below what the job says, without the environment of the host', async () => {
    process.env.HOTCELL_TEST_SECRET = 'secret';
    const cwd = await suiteDirectory(
      'envFile: [a.env, b.env]\n    env: { C: job }\n    cases: [{ name: x, env: { D: case } }]',
      {
        'in/a.env': 'A=a\nB=a\nC=a\nHOTCELL_TEST_SECRET\n',
        'in/b.env': '# comment\nB=b\n',
      },
    );
    const [suite] = await loadSuites(['in/s.yaml'], { cwd });
    expect(suite?.cases[0]?.program.job).toMatchObject({
      env: { A: 'a', B: 'b', C: 'job', D: 'case' },
      envFile: [],
    });
    expect(Object.keys(suite?.cases[0]?.program.job.env ?? {})).toHaveLength(4);
  });

  it('are shown with the line that is wrong', async () => {
    const cwd = await suiteDirectory('envFile: [a.env]', { 'in/a.env': 'A=a\nB B=1\n=x\n' });
    expect(await problemsIn(cwd)).toEqual([
      'jobs[0].envFile[0]: a.env:2: "B B" is not a variable name: it contains a blank',
      'jobs[0].envFile[0]: a.env:3: a variable has no name',
    ]);
  });
});

describe('a suite that is elsewhere', () => {
  it('keeps its files apart from those of the working directory', async () => {
    const cwd = await directoryOf({
      'a.txt': '',
      'in/s.yaml': 'jobs: [{ command: [a], files: { a: { path: a.txt } } }]',
    });
    await mkdir(join(cwd, 'other'));
    expect(await problemsIn(cwd)).toEqual(['jobs[0].files.a.path: "a.txt": there is no such file']);
    expect(textOf(undefined)).toBe('');
  });
});

describe('a file that may be missing', () => {
  const job = (path: string) => `files: { f: { path: "${path}", mayBeMissing: true } }`;

  it.each(['nope.c', 'nope/never/x.c', './a/../nope.c'])('is no problem where it is: %s', async (path) => {
    const cwd = await suiteDirectory(job(path));
    const [suite] = await loadSuites(['in/s.yaml'], { cwd });
    expect(suite?.cases[0]?.program.job.files).toEqual([
      { dest: 'f', source: { kind: 'path', path: resolve(cwd, 'in', path) }, mode: null },
    ]);
  });

  it.each([
    ['of a directory', 'd', '"d" is a directory, not a file'],
    ['below a file', 's.yaml/x', '"s.yaml/x": there is no such file: a part of the path is no directory'],
    ['outside', '../nope', `"../nope" ${OUTSIDE}`],
    ['outside through a link', 'up/nope', '"up/nope": there is no such file'],
    ['of a link to nothing', 'dangling', '"dangling": there is no such file'],
  ])('is nothing else all the same: one %s', async (_what, path, problem) => {
    const cwd = await suiteDirectory(job(path), { 'in/d/x': '' });
    await symlink('..', join(cwd, 'in', 'up'));
    await symlink('nope', join(cwd, 'in', 'dangling'));
    expect(await problemsIn(cwd)).toEqual([`jobs[0].files.f.path: ${problem}`]);
  });

  it.each(['w/nope.c', 'w/deep/nope.c', 'link/nope.c'])(
    'is not where a program could put a link to anything: %s',
    async (path) => {
      const cwd = await suiteDirectory(`${job(path)}\n    mounts: [{ source: ./w, target: /w, mode: rw }]`, {
        'in/w/x': '',
      });
      await symlink('w', join(cwd, 'in', 'link'));
      expect(await problemsIn(cwd)).toEqual([
        expect.stringMatching(/lies in ".*\/in\/w", where a mount lets programs write/),
      ]);
    },
  );

  it('has a path', () => {
    expect(suiteProblems([{ files: { f: { content: '', mayBeMissing: true } } }])).toEqual([
      'jobs[0].files.f: has "mayBeMissing", which is for a path',
    ]);
    expect(suiteProblems([{ files: { f: { path: 'x', optional: true } } }])).toEqual([
      'jobs[0].files.f.optional: unknown key; did you mean "mayBeMissing"?',
    ]);
  });
});
