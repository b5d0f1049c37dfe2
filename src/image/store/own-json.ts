/** Files that the store itself wrote: one that is not as it should be is damage, which no input can be blamed for. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
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

/**
 * At once and not with a promise: a run waits for it, and what is small and in memory comes sooner that way.
 *
 * @returns null when there is none
 * @throws HotcellError `io`
 */
export function readOwn<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw ioError(error, `cannot read ${path}`);
  }
  return parse(text, schema, path);
}
