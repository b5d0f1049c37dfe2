/** A real Debian root file system with a web server in it, made once for a checkout: some 220 MB, half a minute. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

const cache = join(import.meta.dirname, '../../build/debootstrap');

/** @returns the directory, which must not be changed */
export async function debootstrap(): Promise<string> {
  const root = join(cache, 'bookworm');
  if (existsSync(root)) return root;
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, 'unfinished-'));
  try {
    await execa('debootstrap', ['--variant=minbase', '--include=nginx-light', 'bookworm', unfinished]);
    chmodSync(unfinished, 0o755); // the root's own mode, which mkdtemp made private
    renameSync(unfinished, root);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another test file was first.
    if (existsSync(root)) return root;
    throw error;
  }
  return root;
}
