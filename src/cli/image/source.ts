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

const badArchive = (message: string, more: { hint?: string; cause?: unknown }): HotcellError =>
  new HotcellError({ code: 'bad-archive', message, ...more });

function isDirectory(path: string, file: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (cause) {
    throw badArchive(`${quote(file)}: ${reason(cause)}`, { cause });
  }
}

function fileSource({ cwd }: Pick<Io, 'cwd'>, file: string, { noDirectory }: SourceAdvice): ArchiveSource {
  const path = resolve(cwd, file);
  if (isDirectory(path, file) && noDirectory !== undefined) {
    throw badArchive(`${quote(file)} is a directory`, { hint: noDirectory });
  }
  return { path };
}

export interface SourceAdvice {
  /** What to do when standard input is a terminal. */
  readonly noTerminal: string;
  /** What to do instead of naming a directory; undefined when one may hold images. */
  readonly noDirectory?: string | undefined;
}

/**
 * An archive: a file of this host, or for `-` standard input.
 *
 * @returns what gives it; it throws HotcellError `bad-archive` when there is no such file
 * @throws HotcellError `invalid-usage` when standard input is a terminal, which has no archive to give
 */
export function sourceOf(
  io: Pick<Io, 'cwd' | 'stdin'>,
  file: string,
  advice: SourceAdvice,
): () => ArchiveSource {
  if (file !== '-') return () => fileSource(io, file, advice);
  checkStandardInput(io, advice.noTerminal);
  return () => ({ stream: bytesOf(io) });
}
