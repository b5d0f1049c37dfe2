/** Files that the store itself wrote: one that is not as it should be is damage, which no input can be blamed for. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type * as z from 'zod';
import { HotcellError } from '../../core/index.js';
import { ioError, isCode } from './io-error.js';

function damaged(path: string, cause: unknown): HotcellError {
  return new HotcellError({
    code: 'io',
    message: `${path} is damaged`,
    hint: 'remove it, and load or pull the image again',
    cause,
  });
}

function parse<Schema extends z.ZodType>(text: string, schema: Schema, path: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw damaged(path, error);
  }
}

/** More is never written. */
export const MAX_OWN_BYTES = 16 * 1024 ** 2;

/** What we wrote is a file: a FIFO would hold us up for ever, and a device fill our memory. */
function readFile(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = fstatSync(fd);
    if (!found.isFile() || found.size > MAX_OWN_BYTES) throw damaged(path, undefined);
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

/**
 * At once and not with a promise: a run waits for it, and what is small and in memory comes sooner that way.
 *
 * @returns null when there is none
 * @throws HotcellError `io`
 */
export function readOwn<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> | null {
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    if (isCode(error, 'ELOOP')) throw damaged(path, error);
    if (error instanceof HotcellError) throw error;
    throw ioError(error, `cannot read ${path}`);
  }
  return parse(text, schema, path);
}
