import { constants } from 'node:os';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file: a part of the path is no directory',
  EACCES: 'is not readable: permission denied',
  EPERM: 'is not readable: operation not permitted',
  ELOOP: 'leads through too many symbolic links',
  EISDIR: 'is a directory, not a file',
  EIO: 'is not readable: input/output error',
};

/** Why a file could not be looked at or read, for people; anything that is no error of the system comes through. */
export function reasonOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string' || !Object.hasOwn(constants.errno, code)) throw error;
  return REASONS[code] ?? `is not readable: ${code}`;
}

/** What something in the file system is. */
export function kindOf(stats: {
  isFile(): boolean;
  isDirectory(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
}): string {
  if (stats.isFile()) return 'a file';
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}
