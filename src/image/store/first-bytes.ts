import { read } from 'node:fs';
import type { Compression as Known } from '../compression/magic.js';
import { detect, HEAD_BYTES } from '../compression/magic.js';

export type Compression = Known;

/** What is known and not supported is refused by who unpacks it. */
export function compressionOf(head: Buffer): Compression {
  const found = detect(head);
  return found === 'gzip' || found === 'zstd' || found === 'xz' ? found : 'none';
}

async function* again(
  seen: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* seen;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** The first bytes of a stream, and the stream with them. */
export async function peek(
  source: AsyncIterable<Uint8Array>,
): Promise<[head: Buffer, whole: AsyncGenerator<Uint8Array>]> {
  const iterator = source[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < HEAD_BYTES) {
    const { done, value } = await iterator.next();
    if (done) break;
    seen.push(value);
    bytes += value.byteLength;
  }
  return [Buffer.concat(seen).subarray(0, HEAD_BYTES), again(seen, iterator)];
}

/** The first bytes of an open file. */
export function peekAt(fd: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    read(fd, Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0, (error, bytes, buffer) => {
      if (error === null) resolve(buffer.subarray(0, bytes));
      else reject(error);
    });
  });
}
