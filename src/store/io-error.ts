import { HotcellError } from '../core/index.js';

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the quota is used up',
  EISDIR: 'is a directory',
  ELOOP: 'too many symbolic links',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
};

/** `ENOENT` of a system error; undefined for errors of other kinds. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function words(cause: unknown): string {
  const code = codeOf(cause);
  if (code !== undefined) return WORDS[code] ?? code;
  return cause instanceof Error ? cause.message : String(cause);
}

/** What the file system refused, as one line: what was tried, and why it did not work. */
export function ioError(what: string, cause: unknown): HotcellError {
  if (cause instanceof HotcellError) return cause;
  return new HotcellError({ code: 'io', message: `${what}: ${words(cause)}`, cause });
}

/** The result of `act`, or `fallback` where what it looks for is not there. */
export async function unlessAbsent<T, F>(act: () => Promise<T>, fallback: F): Promise<T | F> {
  try {
    return await act();
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    return fallback;
  }
}
