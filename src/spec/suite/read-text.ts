import { constants, type FileHandle, open, stat } from 'node:fs/promises';
import { formatBytes, invalidSpec } from '../../core/index.js';
import { kindOf, reasonOf } from './io-reason.js';

interface Reading {
  readonly maxBytes: number;
}

function checkStats(stats: Awaited<ReturnType<typeof stat>>, maxBytes: number): void {
  if (!stats.isFile()) throw invalidSpec(`is ${kindOf(stats)}, not a file`);
  if (stats.size > maxBytes) throw tooLarge(stats.size, maxBytes);
}

const tooLarge = (size: number | bigint, maxBytes: number) =>
  invalidSpec(`has ${size} bytes; at most ${formatBytes(maxBytes)}`);

/** All of it, and never more than one byte too many: a file may grow, and some have no size. */
async function readBounded(file: FileHandle, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(65_536, maxBytes + 1 - total)));
    if (bytesRead === 0) return Buffer.concat(chunks);
    chunks.push(buffer.subarray(0, bytesRead));
    total += bytesRead;
    if (total > maxBytes) throw tooLarge(total, maxBytes);
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalidSpec('is not UTF-8 text');
  }
}

/**
 * The text of a regular file, without its byte order mark. Looked at before it is opened, since opening a device can do
 * things, and again after, since it may be another one by then.
 *
 * @throws HotcellError `invalid-spec` when it is no such file, not readable, too large or not UTF-8
 */
export async function readText(path: string, { maxBytes }: Reading): Promise<string> {
  try {
    checkStats(await stat(path), maxBytes);
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      checkStats(await file.stat(), maxBytes);
      return decode(await readBounded(file, maxBytes));
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as { code?: unknown }).code === 'invalid-spec') throw error;
    throw invalidSpec(reasonOf(error));
  }
}
