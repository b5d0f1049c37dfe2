import { ReadableStream } from 'node:stream/web';
import xzDecompress from 'xz-decompress';
import { HotcellError } from '../../core/index.js';
import { badArchive } from './error.js';
import { Frames } from './frames.js';
import { xzStream } from './xz-stream.js';

const damaged = (error: unknown): unknown =>
  error instanceof HotcellError
    ? error
    : badArchive(`the xz data is damaged: ${String(error)}`, { cause: error });

/** A stream's pieces for the decoder, the first of which is here already. */
function asWebStream(first: Buffer, frames: Frames): ReadableStream<Uint8Array> {
  let piece: Buffer | null = first;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (piece === null) return controller.close();
      controller.enqueue(piece);
      piece = await frames.read();
    },
  });
}

async function* oneStream(first: Buffer, frames: Frames): AsyncGenerator<Uint8Array> {
  const decoder = new xzDecompress.XzReadableStream(asWebStream(first, frames)).getReader();
  try {
    for (let next = await decoder.read(); !next.done; next = await decoder.read()) yield next.value;
  } catch (error) {
    throw damaged(error);
  } finally {
    // The decoder serves one stream at a time in a thread: one that is neither read to its end nor cancelled blocks all others.
    await decoder.cancel().catch(() => undefined);
  }
  if ((await frames.read()) !== null)
    throw badArchive('the xz data is damaged: its lengths contradict each other');
}

/** Any number of xz streams, one after the other, with padding between them. */
export async function* unxz(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const frames = new Frames(source, xzStream, 'xz');
  try {
    while (await frames.next()) {
      const first = await frames.read();
      if (first !== null) yield* oneStream(first, frames);
    }
  } finally {
    await frames.close();
  }
}
