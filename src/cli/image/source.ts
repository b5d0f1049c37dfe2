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
  const stdin = io.stdin();
  const input = new Input(stdin);
  yield* input;
  // The stream itself knows before it says so.
  const error: unknown = input.error ?? stdin.errored;
  if (error !== undefined && error !== null) throw error;
}

function checkStandardInput(io: Pick<Io, 'stdin'>, advice: string): void {
  const stdin = io.stdin();
  if (!('isTTY' in stdin) || stdin.isTTY !== true) return;
  throw usageError(`standard input is a terminal, and no archive; ${advice}`);
}

function fileSource(io: Pick<Io, 'cwd'>, file: string): ArchiveSource {
  const path = resolve(io.cwd, file);
  try {
    statSync(path);
  } catch (cause) {
    throw new HotcellError({ code: 'bad-archive', message: `${quote(file)}: ${reason(cause)}`, cause });
  }
  return { path };
}

/**
 * An archive: a file of this host, or for `-` standard input.
 *
 * @param advice what to do when standard input is a terminal
 * @returns what gives it; it throws HotcellError `bad-archive` when there is no such file
 * @throws HotcellError `invalid-usage` when standard input is a terminal, which has no archive to give
 */
export function sourceOf(io: Pick<Io, 'cwd' | 'stdin'>, file: string, advice: string): () => ArchiveSource {
  if (file !== '-') return () => fileSource(io, file);
  checkStandardInput(io, advice);
  return () => ({ stream: bytesOf(io) });
}
