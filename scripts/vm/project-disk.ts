/** The project as it is built now, with what its tests import, and its test programs compiled, which is slow inside. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { compileAll } from '../../test/support/programs.js';
import { makeDisk } from './disk.js';
import { PLACE, ROOT } from './place.js';
import { transpile } from './transpile.js';

const PARTS = ['dist', 'fixtures', 'node_modules', 'schemas', 'scripts', 'src', 'test', 'package.json'];
const BUILT = ['build/hotcell-launcher', 'build/fixtures'];

/** Large, and of no use to a test that runs inside. */
const LEFT_OUT = [
  ...['@biomejs', '@oxlint', '@oxlint-tsgolint', '@typescript', '@esbuild', 'axe-core', 'knip', 'oxlint'],
  ...['playwright-core', 'typescript'],
];

async function copy(into: string): Promise<void> {
  mkdirSync(join(into, 'build'));
  const from = (paths: readonly string[]) => paths.map((path) => join(ROOT, path));
  await execa('cp', ['-a', ...from(PARTS), into]);
  await execa('cp', ['-a', ...from(BUILT), join(into, 'build')]);
  for (const name of LEFT_OUT) rmSync(join(into, 'node_modules', name), { recursive: true, force: true });
}

export async function projectDisk(): Promise<string> {
  const image = join(PLACE, 'project.img');
  const staged = mkdtempSync(join(PLACE, 'project-'));
  try {
    compileAll();
    await copy(staged);
    await transpile(staged, ['src', 'test', 'scripts']);
    rmSync(image, { force: true });
    await makeDisk(staged, image, '3G');
    return image;
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}
