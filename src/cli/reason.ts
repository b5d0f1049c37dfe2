import { HotcellError } from '../core/index.js';

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'name too long',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  EROFS: 'read-only file system',
};

/** `ENOENT` of a system error; undefined for errors of other kinds. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** The words of a system error, without Node's "ENOENT: …, open '…'" around them; other errors' messages. */
export function reason(error: unknown): string {
  const code = error instanceof HotcellError ? undefined : codeOf(error);
  if (code !== undefined) return WORDS[code] ?? code;
  return error instanceof Error ? error.message : String(error);
}
