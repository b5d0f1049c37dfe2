/** Everything that the virtual machine is made of lies here, and nothing of it elsewhere. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

export const PLACE = join(ROOT, 'build/vm');

/** The path below build/vm of something that takes long to make, made once: a half of it is never found there. */
export async function madeOnce(name: string, make: (unfinished: string) => Promise<void>): Promise<string> {
  const path = join(PLACE, name);
  if (existsSync(path)) return path;
  const unfinished = `${path}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(PLACE, { recursive: true });
  await make(unfinished);
  renameSync(unfinished, path);
  return path;
}
