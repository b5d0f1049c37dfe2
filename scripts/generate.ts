/**
 * Runs every scripts/generate-*.ts. With --check, fails when that changes any file of the repository: what is
 * generated is committed, and must be what its source says.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Every file that is tracked or could be, to its digest: independent of what else is uncommitted. */
function snapshot(): Map<string, string> {
  const listing = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], { cwd: root });
  const files = listing
    .toString()
    .split('\0')
    .filter((name) => name !== '' && existsSync(join(root, name)));
  return new Map(files.map((name) => [name, digest(join(root, name))]));
}

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

function generate(): void {
  const generators = readdirSync(import.meta.dirname).filter((name) => /^generate-.*\.ts$/.test(name));
  for (const name of generators.sort()) {
    console.log(`scripts/${name}`);
    execFileSync(process.execPath, ['--import', 'tsx', join(import.meta.dirname, name)], {
      cwd: root,
      stdio: 'inherit',
    });
  }
}

function check(): void {
  const before = snapshot();
  generate();
  const after = snapshot();
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (n) => before.get(n) !== after.get(n),
  );
  for (const name of changed) console.error(`out of date: ${name} (run: npm run generate, and commit it)`);
  process.exitCode = changed.length === 0 ? 0 : 1;
}

if (process.argv.includes('--check')) check();
else generate();
