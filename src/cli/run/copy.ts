import { posix, resolve } from 'node:path';
import { quote } from '../../core/index.js';
import { splitAtLastColon, usageError } from './values.js';

/** `--copy-in SRC:DEST`: a host path, and where it goes inside (relative to the work directory, or absolute). */
export interface CopyIn {
  readonly source: string;
  readonly dest: string;
}

/** `--copy-out PATH[:HOST]`: `into` says that HOST was written as a directory (`out/`). */
export interface CopyOut {
  readonly path: string;
  readonly host: string;
  readonly into: boolean;
}

/** Written as a directory, as cp understands it: what is copied goes into it under its own name. */
const isDirectory = (path: string): boolean => /(^|\/)\.{0,2}$/.test(path);

function clean(flag: string, text: string, path: string): string {
  if (path.split('/').includes('..')) {
    throw usageError(`${flag}: ${quote(text)} is not allowed; ".." cannot be used inside the sandbox`);
  }
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

/** Without DEST the name stays the same; a DEST that ends in a slash is a directory to put it in, as for cp. */
export function parseCopyIn(text: string, cwd: string): CopyIn {
  const [source, dest = './'] = splitAtLastColon(text);
  if (source === '' || dest === '') {
    throw usageError(`--copy-in: ${quote(text)} is not allowed; use SRC:DEST, such as ./data.csv:data.csv`);
  }
  const path = resolve(cwd, source);
  const target = isDirectory(dest) ? posix.join(dest, posix.basename(path)) : dest;
  return { source: path, dest: clean('--copy-in', text, target) };
}

/** Without HOST it comes out under its own name into the current directory. */
export function parseCopyOut(text: string, cwd: string): CopyOut {
  const [path, host = './'] = splitAtLastColon(text);
  if (path === '' || host === '') {
    throw usageError(
      `--copy-out: ${quote(text)} is not allowed; use PATH or PATH:HOST, such as result.txt:out/`,
    );
  }
  return { path: clean('--copy-out', text, path), host: resolve(cwd, host), into: isDirectory(host) };
}
