import { HotcellError, quote } from '../core/index.js';

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'disk quota exceeded',
  EEXIST: 'a file is where a directory is needed',
  EISDIR: 'is a directory',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'name too long',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  EPERM: 'operation not permitted',
  EPIPE: 'its reader is gone',
  EROFS: 'read-only file system',
};

/** `ENOENT` of a system error; undefined for errors of other kinds. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;

function reason(error: unknown): string {
  const code = codeOf(error);
  if (code !== undefined) return WORDS[code] ?? code;
  return error instanceof Error ? error.message : String(error);
}

/** `cannot write the report "out.xml": no space left on device`; an error that is ours already stays what it is. */
export function ioError(what: string, path: string, error: unknown): HotcellError {
  if (error instanceof HotcellError) return error;
  const message = `cannot ${what} ${quote(path, 200)}: ${reason(error)}`;
  return new HotcellError({ code: 'io', message, cause: error });
}
