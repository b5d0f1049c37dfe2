import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HotcellError, quote } from '../../core/index.js';
import type { Io } from '../io/io.js';
import { reason } from '../reason.js';
import { usageError } from '../run/values.js';
import { oneLine } from '../text.js';
import type { InitFlags } from './flags.js';
import { INIT_FILES } from './template.js';

const isThere = async (path: string): Promise<boolean> =>
  await lstat(path).then(
    () => true,
    () => false,
  );

/** All or nothing: half a suite beside somebody's own files would help nobody. */
async function refuseOverwriting(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (await isThere(path)) throw usageError(`${quote(path)} is there already; --force replaces it`);
  }
}

async function writeFiles(directory: string, force: boolean): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    for (const { name, content } of INIT_FILES) {
      await writeFile(join(directory, name), content, { flag: force ? 'w' : 'wx' });
    }
  } catch (cause) {
    const message = `cannot write to ${quote(directory)}: ${reason(cause)}`;
    throw new HotcellError({ code: 'io', message, cause });
  }
}

/** `hotcell init [DIR]`: writes a small suite with comments that passes. */
export async function initCommand(
  { force = false }: InitFlags,
  directory: string,
  io: Pick<Io, 'cwd' | 'stdout'>,
): Promise<number> {
  if (directory === '') throw usageError('DIR: "" is no directory');
  const path = resolve(io.cwd, directory);
  if (!force) await refuseOverwriting(INIT_FILES.map(({ name }) => join(path, name)));
  await writeFiles(path, force);
  const names = INIT_FILES.map(({ name }) => oneLine(join(directory, name)));
  const where = directory === '.' ? '' : ` ${oneLine(directory)}`;
  await io.stdout.write(`wrote ${names.join(' and ')}\nnow: hotcell test${where}\n`);
  return 0;
}
