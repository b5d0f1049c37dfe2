/** A real Debian root file system, made once for a checkout: some 200 MB, half a minute. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

const cache = join(import.meta.dirname, '../../build/debootstrap');

/** @returns the directory of a minimal Debian 12 with these packages besides; must not be changed */
export async function debootstrap(packages: readonly string[] = []): Promise<string> {
  const root = join(cache, ['minbase', ...packages].join('+'));
  if (existsSync(root)) return root;
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, 'unfinished-'));
  try {
    const include = packages.length === 0 ? [] : [`--include=${packages.join(',')}`];
    await execa('debootstrap', ['--variant=minbase', ...include, 'bookworm', unfinished]);
    renameSync(unfinished, root);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
  return root;
}
