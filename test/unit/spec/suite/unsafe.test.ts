import { describe, expect, it } from 'vitest';
import { loadSuites, parseSuite } from '../../../../src/spec/index.js';
import { directoryOf, linesOf, yamlProblems } from './support.js';

const ALLOW = 'allow it with --allow-unsafe';

const UNSAFE: readonly (readonly [setting: string, problem: string])[] = [
  ['isolation: none', `isolation: "none" is no boundary; ${ALLOW}`],
  ['isolation: chroot', `isolation: "chroot" is hardly a boundary; ${ALLOW}`],
  ['isolation: namespaces', `isolation: "namespaces" is a weaker boundary; ${ALLOW}`],
  ['network: host', `network: "host" reaches all that the host reaches; ${ALLOW}`],
  ['seccomp: unconfined', `seccomp: "unconfined" refuses no system call; ${ALLOW}`],
  ['allowDegraded: true', `allowDegraded: runs it even where a part of the sandbox is missing; ${ALLOW}`],
];

const PLACES: readonly (readonly [place: string, suite: (setting: string) => string])[] = [
  ['jobs[0]', (setting) => `jobs: [{ command: [a], ${setting} }]`],
  [
    'jobs[0].build',
    (setting) => `jobs: [{ command: [a], build: { command: [b], outputs: [o], ${setting} } }]`,
  ],
  ['jobs[0].interactor', (setting) => `jobs: [{ command: [a], interactor: { command: [i], ${setting} } }]`],
  [
    'jobs[0].interactor.build',
    (setting) =>
      `jobs: [{ command: [a], interactor: { command: [i], build: { command: [b], outputs: [o], ${setting} } } }]`,
  ],
  [
    'jobs[0].expect.checker',
    (setting) => `jobs: [{ command: [a], expect: { checker: { command: [c], ${setting} } } }]`,
  ],
  [
    'jobs[0].expect.checker.build',
    (setting) =>
      `jobs: [{ command: [a], expect: { checker: { command: [c], build: { command: [b], outputs: [o], ${setting} } } } }]`,
  ],
  [
    'jobs[0].cases[0].interactor',
    (setting) => `jobs: [{ command: [a], cases: [{ name: c, interactor: { command: [i], ${setting} } }] }]`,
  ],
  [
    'jobs[0].cases[0].expect.checker',
    (setting) =>
      `jobs: [{ command: [a], cases: [{ name: c, expect: { checker: { command: [c], ${setting} } } }] }]`,
  ],
  ['defaults', (setting) => `{ defaults: { ${setting} }, jobs: [{ command: [a] }, { command: [b] }] }`],
  ['templates.t', (setting) => `{ templates: { t: { ${setting} } }, jobs: [{ command: [a], extends: t }] }`],
];

describe.each(PLACES)('less than the usual sandbox in %s', (place, suite) => {
  it.each(UNSAFE)('is refused where it is written: %s', async (setting, problem) => {
    const text = suite(setting);
    const column = text.indexOf(setting) + setting.indexOf(': ') + 3;
    expect(await yamlProblems(text)).toEqual([`1:${column}: ${place}.${problem}`]);
  });

  it.each(UNSAFE)('is there when it is allowed: %s', async (setting) => {
    const cwd = await directoryOf({ 's.yaml': suite(setting) });
    expect(await linesOf(loadSuites(['s.yaml'], { cwd, allowUnsafe: true }))).toEqual([]);
  });
});

const placeholder = `\${matrix.x}`;

describe('less than the usual sandbox', () => {
  it('is not hidden by a matrix', async () => {
    const text = `jobs: [{ name: j, command: [a], isolation: "${placeholder}", matrix: { x: [full, none] } }]`;
    expect(await yamlProblems(text)).toEqual([
      expect.stringContaining(`jobs[0].isolation: "none" is no boundary; ${ALLOW}`),
    ]);
    const typed = `jobs: [{ name: j, command: [a], allowDegraded: "${placeholder}", matrix: { x: [true] } }]`;
    expect(await yamlProblems(typed)).toEqual([expect.stringContaining('jobs[0].allowDegraded: runs it')]);
  });

  it('is not refused of a job that says otherwise', async () => {
    const unsafe = 'isolation: none, network: host, seccomp: unconfined, allowDegraded: true';
    const safe = 'isolation: full, network: loopback, seccomp: default, allowDegraded: false';
    const text = `{ defaults: { ${unsafe} }, jobs: [{ command: [a], ${safe} }] }`;
    expect(await yamlProblems(text)).toEqual([]);
  });

  it('needs no leave in a program of one’s own', () => {
    const { cases } = parseSuite({ jobs: [{ command: ['a'], isolation: 'none', network: 'host' }] });
    expect(cases[0]?.program.job).toMatchObject({ isolation: 'none', network: 'host' });
  });
});

it('is said also of a job in which something else is wrong', async () => {
  const job =
    'command: "a b", isolation: none, network: 5, stdin: { stream: true }, limits: { output: 1GiB }';
  expect(await yamlProblems(`jobs: [{ ${job}, seccomp: unconfined }]\n`)).toEqual([
    expect.stringMatching(/command: "a b" is not a list/),
    expect.stringContaining(`jobs[0].isolation: "none" is no boundary; ${ALLOW}`),
    expect.stringMatching(/network: 5 is not allowed/),
    expect.stringMatching(/stdin: a suite has nothing to stream/),
    expect.stringMatching(/limits\.output: a suite keeps all output to judge it/),
    expect.stringContaining(`jobs[0].seccomp: "unconfined" refuses no system call; ${ALLOW}`),
  ]);
});
