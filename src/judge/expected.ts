import { constants, open } from 'node:fs/promises';
import { HotcellError, invalidSpec, quote } from '../core/index.js';
import type { JobFile } from '../spec/index.js';

/** Larger than any output can be of which Node makes one buffer without trouble. */
const MAX_EXPECTED_BYTES = 1024 ** 3;

async function readExpected(where: string, path: string): Promise<Buffer> {
  // Without O_NONBLOCK a FIFO would hang us here.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw invalidSpec(`${where}: ${quote(path)} is not a regular file`);
    if (stat.size > MAX_EXPECTED_BYTES)
      throw invalidSpec(`${where}: ${quote(path)} has ${stat.size} bytes; at most ${MAX_EXPECTED_BYTES}`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/**
 * The bytes of what is expected.
 *
 * @param where what to call it in messages
 * @throws HotcellError `invalid-spec` for a file that cannot be read
 */
export async function expectedBytes(where: string, source: JobFile['source']): Promise<Buffer> {
  if (source.kind === 'bytes') {
    const { buffer, byteOffset, byteLength } = source.bytes;
    return Buffer.from(buffer, byteOffset, byteLength);
  }
  try {
    return await readExpected(where, source.path);
  } catch (error) {
    if (error instanceof HotcellError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw invalidSpec(
      `${where}: ${quote(source.path)}: ${code === 'ENOENT' ? 'there is no such file' : message}`,
    );
  }
}
