import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { HotcellError, quote } from '../../core/index.js';
import { Input } from '../io/input.js';
import type { Io } from '../io/io.js';
import { reason } from '../reason.js';
import { usageError } from '../run/values.js';
import type { ArchiveSource } from './model.js';

/** Standard input to its end. @throws whatever reading it failed with: half an archive is none */
async function* bytesOf(io: Pick<Io, 'stdin'>): AsyncGenerator<Uint8Array, void, undefined> {
  const input = new Input(io.stdin());
  yield* input;
  if (input.error !== undefined) throw input.error;
}

/** @throws HotcellError `invalid-usage` when it is a terminal, which has no archive to give */
export function standardInput(io: Pick<Io, 'stdin'>, advice: string): ArchiveSource {
  const stdin = io.stdin();
  if ('isTTY' in stdin && stdin.isTTY === true) {
    throw usageError(`standard input is a terminal, and no archive; ${advice}`);
  }
  return { stream: bytesOf(io) };
}

/**
 * A file of this host.
 *
 * @throws HotcellError `image-not-found` when there is none that could be read
 */
export function fileSource(io: Pick<Io, 'cwd'>, file: string): ArchiveSource {
  const path = resolve(io.cwd, file);
  try {
    statSync(path);
  } catch (error) {
    throw new HotcellError({ code: 'io', message: `${quote(file)}: ${reason(error)}`, cause: error });
  }
  return { path };
}

export const isDirectory = (path: string): boolean => statSync(path).isDirectory();
