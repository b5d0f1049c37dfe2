// Runs the integration tests as ordinary users, and holds what fails against test/support/differences.ts. Needs root, to make
// the users: one with a range of ids in /etc/subuid, and one with no id but its own.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  accessSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DIFFERENCES, type Difference, ROUNDS, type Round } from '../test/support/differences.js';
import { compileAll } from '../test/support/programs.js';
import { covers, pathOf, problemsOf, type Result, reportOf, resultsOf } from './reports/differences.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

interface User {
  readonly name: string;
  readonly home: string;
}

/** Which files each round runs, by the beginning of their names. */
const FILES: Readonly<Record<Round, readonly string[]>> = {
  ranges: [
    ...['rootless', 'programs-', 'limits-', 'attacks-', 'launcher-p', 'library', 'image-run-', 'accuracy'],
    ...['cli/exit-codes', 'cli/files', 'cli/streams', 'cli/terminal', 'cli/run-image.test'],
    ...['seccomp.test', 'security'],
  ],
  single: [
    ...['rootless', 'programs-exit', 'programs-inside', 'limits-pids', 'limits-disk', 'attacks-'],
    ...['image-run-lock', 'cli/exit-codes', 'security'],
  ],
};

/** As root only: they need what only root makes, in the place where it is made. */
const NOT: readonly string[] = ['image-run-system', 'image-run-hostile'];

const run = (command: string, ...args: string[]): string => execFileSync(command, args, { encoding: 'utf8' });

function makeUser(round: Round): User {
  const name = `hotcell-${round}`;
  if (spawnSync('id', [name]).status !== 0) run('useradd', '--create-home', '--shell', '/bin/sh', name);
  const all = '0-4294967294';
  run('usermod', '--del-subuids', all, '--del-subgids', all, name);
  if (round === 'ranges')
    run('usermod', '--add-subuids', '300000-365535', '--add-subgids', '300000-365535', name);
  return { name, home: `/home/${name}` };
}

/** Nothing of ours in the environment but what a login gives; no group but the own. */
function asUser({ name, home }: User, cwd: string, command: readonly string[], group: string | null = null) {
  const clean = [
    'env',
    '-i',
    'PATH=/usr/local/bin:/usr/bin:/bin',
    `HOME=${home}`,
    `USER=${name}`,
    'LANG=C.UTF-8',
    'CI=true',
    ...(group === null ? [] : [`HOTCELL_TEST_CGROUP=${group}`]),
  ];
  const args = ['--reuid', name, '--regid', name, '--clear-groups', '--', ...clean, ...command];
  if (group === null) return spawnSync('setpriv', args, { cwd, stdio: 'inherit' });
  const enter = ['-c', 'echo $$ > "$0" && exec setpriv "$@"', `${group}/main/cgroup.procs`];
  return spawnSync('sh', [...enter, ...args], { cwd, stdio: 'inherit' });
}

/** A group of the user's, and one below it for the user's processes, as systemd delegates them. */
function makeGroup({ name }: User): { readonly path: string; readonly remove: () => void } {
  const mount = run('findmnt', '--noheadings', '--output', 'TARGET', '--types', 'cgroup2')
    .split('\n')[0]
    ?.trim();
  if (!mount) throw new Error('these tests need a mount of cgroup v2, with controllers or without');
  const path = `${mount}/hotcell-test-${process.pid}`;
  mkdirSync(`${path}/main`, { recursive: true });
  for (const group of [path, `${path}/main`])
    run('chown', name, group, `${group}/cgroup.procs`, `${group}/cgroup.subtree_control`);
  const remove = (): void => {
    rmdirSync(`${path}/main`);
    rmdirSync(path);
  };
  return { path, remove };
}

const COPIED = [
  'src',
  'test',
  'fixtures',
  'build',
  'dist',
  'schemas',
  'package.json',
  'tsconfig.json',
  'tsconfig.base.json',
];

/** The checkout, or, where an ordinary user may not go, a copy of it. */
function placeFor(user: User): { readonly path: string; readonly remove: () => void } {
  if (
    asUser(user, '/', ['test', '-r', `${ROOT}/package.json`, '-a', '-x', `${ROOT}/build/hotcell-launcher`])
      .status === 0
  )
    return { path: ROOT, remove: () => undefined };
  const path = mkdtempSync(join(tmpdir(), 'hotcell-checkout-'));
  run('chmod', '755', path);
  for (const name of [...COPIED, 'node_modules'])
    cpSync(join(ROOT, name), join(path, name), { recursive: true, verbatimSymlinks: true });
  return { path, remove: () => rmSync(path, { recursive: true }) };
}

/** An ordinary user cannot write them where they are kept. */
function runTests(user: User, round: Round): Result[] {
  const place = placeFor(user);
  const group = makeGroup(user);
  const out = mkdtempSync(join(tmpdir(), 'hotcell-rootless-'));
  run('chown', user.name, out);
  try {
    const report = join(out, 'report.json');
    const vitest = [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--configLoader',
      'runner',
      '--config',
      'vitest.rootless.config.ts',
    ];
    const files = FILES[round].map((name) => `test/${pathOf(name)}`);
    const excluded = NOT.flatMap((name) => ['--exclude', `**/${name}.test.ts`]);
    asUser(
      user,
      place.path,
      [process.execPath, ...vitest, ...excluded, `--outputFile.json=${report}`, ...files],
      group.path,
    );
    return resultsOf(JSON.parse(readFileSync(report, 'utf8')));
  } finally {
    rmSync(out, { recursive: true });
    group.remove();
    place.remove();
  }
}

const knownTo = (round: Round): Difference[] =>
  DIFFERENCES.filter(({ only }) => only === undefined || only === round);

function keepReport(results: readonly Result[], round: Round): void {
  mkdirSync(join(ROOT, 'build/reports/hosts'), { recursive: true });
  writeFileSync(join(ROOT, `build/reports/hosts/rootless-${round}.json`), reportOf(results, knownTo(round)));
}

function printTable(results: readonly Result[], round: Round): void {
  const passed = results.filter((result) => result.passed).length;
  process.stdout.write(
    `\nas a user with ${round === 'ranges' ? 'a range of ids' : 'a single id'}: ${passed} of ${results.length} tests hold\n`,
  );
  for (const entry of DIFFERENCES) {
    const count = results.filter((result) => !result.passed && covers(entry, result)).length;
    if (count > 0)
      process.stdout.write(
        `  ${String(count).padStart(3)} do not: ${entry.why}\n      instead: ${entry.instead}\n`,
      );
  }
}

accessSync(join(ROOT, 'dist/cli/main.js'));
compileAll();
const counts = { passed: 0, differing: 0, wrong: 0 };
for (const round of ROUNDS) {
  const results = runTests(makeUser(round), round);
  printTable(results, round);
  keepReport(results, round);
  const problems = problemsOf(results, knownTo(round));
  for (const problem of problems) process.stdout.write(`  ✗ ${problem}\n`);
  counts.passed += results.filter((result) => result.passed).length;
  counts.differing +=
    results.filter((result) => !result.passed).length -
    problems.filter((text) => text.startsWith('failed')).length;
  counts.wrong += problems.length;
}
process.stdout.write(
  `\n${counts.passed} hold, ${counts.differing} differ as they are known to, ${counts.wrong} wrong\n`,
);
process.exitCode = counts.wrong === 0 ? 0 : 1;
