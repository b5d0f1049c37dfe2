/**
 * Runs every attack of test/security/attacks.ts and prints the table: attack, what was tried, what came of it.
 *
 *   npm run test:security                         runs the tests of test/security and those that prove the rest
 *   npm run test:security -- --report FILE…       reads vitest's JSON reports of runs that were made already
 *   … --report FILE… "cgroup v2=FILE"…            with a column for each other kind of host, which the reports of a name are from
 *
 * Fails where an attack has no test, or one that failed or was left out; on other kinds of hosts, where one failed. The table goes
 * to build/reports/security.md as well.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ATTACKS, type Attack } from '../test/security/attacks.js';
import { KNOWN_DIFFERENCE } from './reports/differences.js';

const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, 'build/reports');
const OWN = 'security/';

interface Found {
  readonly file: string;
  readonly name: string;
  readonly status: string;
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

interface Row {
  readonly attack: Attack;
  readonly tests: number;
  readonly held: number;
  readonly problems: readonly string[];
}

function runTests(): string {
  const report = join(OUT, 'security.json');
  mkdirSync(OUT, { recursive: true });
  rmSync(report, { force: true });
  const elsewhere = new Set(ATTACKS.flatMap(({ proof = {} }) => Object.keys(proof)));
  const files = ['test/security', ...[...elsewhere].map((file) => `test/${file}.test.ts`)];
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  spawnSync(process.execPath, [vitest, 'run', ...reporters, ...files], { cwd: ROOT, stdio: 'inherit' });
  return report;
}

function read(path: string): Found[] {
  const { testResults } = JSON.parse(readFileSync(path, 'utf8')) as Report;
  return testResults.flatMap(({ name, assertionResults }) => {
    const file = name.replace(/^.*?\/test\/(?=security|integration|unit)/, '').replace(/\.test\.[jt]s$/, '');
    return assertionResults.map(({ fullName, status }) => ({ file, name: fullName, status }));
  });
}

const isOwn = ({ file, name }: Found, { id }: Attack): boolean =>
  file.startsWith(OWN) && name.split(' ')[0] === id;

const proves = ({ file, name }: Found, { proof = {} }: Attack): boolean => {
  const beginnings = proof[file];
  return (
    beginnings !== undefined && (beginnings.length === 0 || beginnings.some((text) => name.startsWith(text)))
  );
};

/** What is said to prove something and does not exist. */
function idle(found: readonly Found[], { proof = {} }: Attack): string[] {
  return Object.entries(proof).flatMap(([file, beginnings]) =>
    (beginnings.length === 0 ? [''] : beginnings)
      .filter((text) => !found.some((test) => test.file === file && test.name.startsWith(text)))
      .map((text) => `no test ran: ${file}: ${text}`),
  );
}

function judge(found: readonly Found[], attack: Attack): Row {
  const own = found.filter((test) => isOwn(test, attack) || proves(test, attack));
  const failed = own.filter(({ status }) => status !== 'passed');
  const problems = [
    ...(own.length === 0 ? ['no test'] : []),
    ...failed.map(({ file, name, status }) => `${status}: ${file}: ${name}`),
    ...idle(found, attack),
  ];
  return { attack, tests: own.length, held: own.length - failed.length, problems };
}

const result = ({ problems, held, tests }: Row): string =>
  problems.length === 0 ? `held (${tests})` : `FAILED (${held} of ${tests} held)`;

/** Another kind of host: what is tried there is a part, and what differs there is known by name; see test/support/differences.ts. */
interface Elsewhere {
  readonly name: string;
  readonly found: readonly Found[];
}

function resultElsewhere(found: readonly Found[], attack: Attack): string {
  const own = found.filter((test) => isOwn(test, attack) || proves(test, attack));
  const [held, known] = ['passed', KNOWN_DIFFERENCE].map(
    (status) => own.filter((test) => test.status === status).length,
  );
  if (own.length === 0) return '–';
  if ((held ?? 0) + (known ?? 0) < own.length) return `FAILED (${held} of ${own.length} held)`;
  return known === 0 ? `held (${held})` : `held (${held}), ${known} differ`;
}

function table(rows: readonly Row[], elsewhere: readonly Elsewhere[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const lines = rows.map((row) =>
    line([
      row.attack.id,
      row.attack.title,
      result(row),
      ...elsewhere.map(({ found }) => resultElsewhere(found, row.attack)),
    ]),
  );
  const heads = [
    'id',
    'a program, image or spec that …',
    'result (tests)',
    ...elsewhere.map(({ name }) => name),
  ];
  return [line(heads), line(heads.map(() => '---')), ...lines, ''].join('\n');
}

/** Reports of one name together, in the order in which the names come. */
function columns(given: readonly string[]): Elsewhere[] {
  const files = new Map<string, string[]>();
  for (const word of given) {
    const at = word.indexOf('=');
    const name = word.slice(0, at);
    files.set(name, [...(files.get(name) ?? []), word.slice(at + 1)]);
  }
  return [...files].map(([name, paths]) => ({ name, found: paths.flatMap(read) }));
}

const [flag, ...given] = process.argv.slice(2);
if (flag !== undefined && (flag !== '--report' || given.length === 0))
  throw new Error(`${flag}: only --report FILE… is allowed`);
const isNamed = (word: string): boolean => word.includes('=');
const found = (flag === '--report' ? given.filter((word) => !isNamed(word)) : [runTests()]).flatMap(read);
const elsewhere = columns(given.filter(isNamed));
const unknown = found.filter(
  ({ file, name }) => file.startsWith(OWN) && !ATTACKS.some(({ id }) => name.split(' ')[0] === id),
);
const rows = ATTACKS.map((attack) => judge(found, attack));
mkdirSync(OUT, { recursive: true });
writeFileSync(join(OUT, 'security.md'), table(rows, elsewhere));
process.stdout.write(`\n${table(rows, elsewhere)}\n`);
const problems = [
  ...rows.flatMap(({ attack, problems: own }) => own.map((text) => `${attack.id}: ${text}`)),
  ...elsewhere.flatMap(({ name, found: there }) =>
    ATTACKS.filter((attack) => resultElsewhere(there, attack).startsWith('FAILED')).map(
      ({ id }) => `${id}: ${name}`,
    ),
  ),
  ...unknown.map(({ file, name }) => `is of no attack: ${file}: ${name}`),
];
for (const problem of problems) process.stdout.write(`✗ ${problem}\n`);
const tests = rows.reduce((sum, row) => sum + row.tests, 0);
process.stdout.write(`${rows.length} attacks, ${tests} tests, ${problems.length} problems\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
