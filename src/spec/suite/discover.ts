import { stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { quote } from '../../core/index.js';
import { reasonOf } from './io-reason.js';
import type { FileProblem } from './problem-list.js';

const IN_DIRECTORY = ['**/*.{suite,hotcell}.{yaml,yml,json}', '**/hotcell.{yaml,yml,json}'];

/** Where nobody keeps suites of their own. */
const IGNORED = ['**/node_modules/**', '**/.git/**'];

export interface Found {
  /** What messages and reports call it. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

export interface Discovery {
  readonly found: readonly Found[];
  readonly problems: readonly FileProblem[];
}

const problem = (file: string, text: string): FileProblem => ({ file, position: null, text });

/** Symbolic links are not followed: what is found lies where it was looked for. */
async function matching(patterns: readonly string[], cwd: string): Promise<string[]> {
  const paths = await glob([...patterns], {
    cwd,
    ignore: IGNORED,
    onlyFiles: true,
    followSymbolicLinks: false,
    expandDirectories: false,
  });
  return paths.sort();
}

async function inDirectory(given: string, path: string): Promise<Discovery> {
  const names = await matching(IN_DIRECTORY, path);
  const found = names.map((name) => ({ name: join(given, name), path: join(path, name) }));
  const nothing = `is a directory without suites; they are called ${IN_DIRECTORY.map((p) => p.slice(3)).join(' or ')}`;
  return { found, problems: found.length === 0 ? [problem(given, nothing)] : [] };
}

async function byPattern(given: string, cwd: string): Promise<Discovery> {
  const names = await matching([given], cwd);
  const found = names.map((name) => ({ name: relative(cwd, resolve(cwd, name)), path: resolve(cwd, name) }));
  return { found, problems: found.length === 0 ? [problem(given, 'no file matches')] : [] };
}

/** The suites that one argument names: a file, a directory or a pattern. A file may be called anything. */
export async function discover(given: string, cwd: string): Promise<Discovery> {
  if (given === '' || given.includes('\0'))
    return { found: [], problems: [problem(quote(given), 'is not a path')] };
  const path = resolve(cwd, given);
  try {
    const stats = await stat(path);
    return stats.isDirectory()
      ? await inDirectory(given, path)
      : { found: [{ name: given, path }], problems: [] };
  } catch (error) {
    if (isDynamicPattern(given)) return byPattern(given, cwd);
    return { found: [], problems: [problem(given, reasonOf(error))] };
  }
}
