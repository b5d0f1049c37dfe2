import { HotcellError } from '../../core/index.js';

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC:
    'free some space, or use another disk with HOTCELL_HOME; "hotcell image prune" removes what nothing needs',
  EDQUOT:
    'free some space, or use another disk with HOTCELL_HOME; "hotcell image prune" removes what nothing needs',
  EACCES: 'use a directory of your own with HOTCELL_HOME',
  EROFS: 'use another disk with HOTCELL_HOME',
};

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error;

/** A failed system call as an error for people; anything else as it is. */
export function ioError(error: unknown, what: string): unknown {
  if (!isSystemError(error)) return error;
  const { code = '', message } = error;
  return new HotcellError({ code: 'io', message: `${what}: ${message}`, hint: REMEDIES[code], cause: error });
}

export const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));
