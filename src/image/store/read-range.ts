import { read } from 'node:fs';
import { badArchive } from '../compression/index.js';
import { ioError } from './io-error.js';

const CHUNK_BYTES = 256 * 1024;

function readAt(fd: number, length: number, position: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    read(fd, Buffer.allocUnsafeSlow(length), 0, length, position, (error, bytesRead, buffer) => {
      if (error === null) resolve(buffer.subarray(0, bytesRead));
      else reject(ioError(error, 'cannot read the archive'));
    });
  });
}

/**
 * Part of an open file, one piece read ahead of the one that is being worked on.
 *
 * @throws HotcellError `io`, `bad-archive` when the file is shorter
 */
export async function* readRange({
  fd,
  offset,
  size,
}: {
  fd: number;
  offset: number;
  size: number;
}): AsyncGenerator<Buffer> {
  const from = (at: number) => readAt(fd, Math.min(CHUNK_BYTES, size - at), offset + at);
  let at = 0;
  let next = size > 0 ? from(0) : null;
  try {
    while (next !== null) {
      const chunk: Buffer = await next;
      if (chunk.byteLength === 0) throw badArchive('the archive became shorter while it was read');
      at += chunk.byteLength;
      next = at < size ? from(at) : null;
      next?.catch(() => undefined); // told when it is its turn
      yield chunk;
    }
  } finally {
    // The descriptor is its owner's to close, but not while it is read from.
    await next?.catch(() => undefined);
  }
}
