/**
 * Packs the package, installs it into an empty project without dev dependencies, and uses it as a stranger would:
 * the command and the library, on this Node and on those of the npm packages that carry other Node binaries.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const OTHER_NODES = ['22.23.3', '24.21.0'];

const home = mkdtempSync(join(tmpdir(), 'hotcell-smoke-'));
// Neither the checkout's launcher nor its settings may lend a hand.
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(HOTCELL_|npm_(package|lifecycle)_|NODE_OPTIONS$)/.test(name),
  ),
);

function run(cwd: string, command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

function install(name: string, packages: string[]): string {
  const project = join(home, name);
  cpSync(join(root, 'test/support/packed-smoke'), project, { recursive: true });
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  run(project, 'npm', 'install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', ...packages);
  return project;
}

function pack(): string {
  run(root, 'npm', 'pack', '--pack-destination', home);
  const tarball = readdirSync(home).find((name) => name.endsWith('.tgz'));
  assert.ok(tarball !== undefined, 'npm pack wrote a tarball');
  return join(home, tarball);
}

/** The binaries by themselves, by the platform's package: no script has to download anything. */
function otherNodes(): string[] {
  const name = `node-linux-${process.arch}`;
  const project = install(
    'nodes',
    OTHER_NODES.map((version) => `node-${version}@npm:${name}@${version}`),
  );
  return OTHER_NODES.map((version) => join(project, 'node_modules', `node-${version}`, 'bin', 'node'));
}

/** With the package's own types, which may need nothing that its dependencies do not bring. */
function compileConsumer(project: string): void {
  const types = join(root, 'node_modules/@types');
  run(project, join(root, 'node_modules/.bin/tsc'), '-p', '.', '--typeRoots', types);
}

function tryOut(project: string, node: string): void {
  const hotcell = (...args: string[]) => {
    const command = [join(project, 'node_modules/.bin/hotcell'), ...args];
    return spawnSync(node, command, { cwd: project, env, encoding: 'utf8', timeout: 60_000 });
  };

  const hello = hotcell('run', '--', 'echo', 'hello');
  assert.deepEqual([hello.status, hello.stdout, hello.stderr], [0, 'hello\n', '']);

  assert.equal(hotcell('run', '--', 'sh', '-c', 'exit 7').status, 7);

  const json = hotcell('run', '--json', '--memory', '64m', '--', 'sh', '-c', 'kill -TERM $$');
  const { status, signal, isolation } = JSON.parse(json.stdout);
  assert.deepEqual([status, signal, isolation.level], ['signaled', 'SIGTERM', 'full']);

  assert.equal(hotcell('run', '--memroy', '1g', 'true').status, 2);
  assert.equal(hotcell('doctor').status, 0);

  assert.equal(run(project, node, 'consumer.js'), 'library ok\n');
  console.log(`smoke: ${run(project, node, '--version').trim()} ok`);
}

try {
  const project = install('consumer', [pack()]);
  compileConsumer(project);
  for (const node of [process.execPath, ...otherNodes()]) tryOut(project, node);
} finally {
  rmSync(home, { recursive: true });
}
