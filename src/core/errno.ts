import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

/** What libuv has no words for, since it never sees it. */
const MORE_MEANINGS: Readonly<Record<string, string>> = {
  ENOEXEC: 'exec format error',
  ENOTBLK: 'block device required',
  EDQUOT: 'disk quota exceeded',
  ESTALE: 'stale file handle',
};

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno).map(([name, errno]) => [errno, name]),
);

/** The name of an error of the kernel, such as ENOENT. */
export const errnoName = (errno: number): string =>
  getSystemErrorMap().get(-errno)?.[0] ?? NAMES.get(errno) ?? `errno ${errno}`;

/** Its meaning with its name. */
export function errnoText(errno: number): string {
  const name = errnoName(errno);
  const meaning = getSystemErrorMap().get(-errno)?.[1] ?? MORE_MEANINGS[name] ?? 'unknown error';
  return `${meaning} (${name})`;
}
