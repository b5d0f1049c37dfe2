import { HotcellError } from '../../core/index.js';
import type { RequestBody } from './http.js';
import type { BlobDescriptor, BlobSource } from './model.js';

export interface Part {
  readonly blob: BlobDescriptor;
  readonly source: BlobSource;
  readonly offset: number;
  readonly bytes: number;
  /** Bytes of the blob sent so far. */
  readonly report: (current: number) => void;
}

function unreadable(digest: string, why: string, cause?: unknown): HotcellError {
  return new HotcellError({ code: 'io', message: `cannot read ${digest} to push it: ${why}`, cause });
}

async function* own(part: Part): AsyncGenerator<Uint8Array> {
  try {
    yield* part.source(part.offset);
  } catch (error) {
    // Else an error of our own disk would look like one of the connection's, and be tried again.
    if (error instanceof HotcellError) throw error;
    throw unreadable(part.blob.digest, error instanceof Error ? error.message : String(error), error);
  }
}

async function* exactly(part: Part): AsyncGenerator<Uint8Array> {
  let left = part.bytes;
  if (left === 0) return;
  for await (const chunk of own(part)) {
    const piece = chunk.subarray(0, left);
    left -= piece.length;
    if (piece.length > 0) yield piece;
    part.report(part.offset + part.bytes - left);
    if (left === 0) return;
  }
  throw unreadable(part.blob.digest, `it has ${left} bytes less than the ${part.blob.size} it should have`);
}

/** A part of a blob as a body: exactly the bytes asked for, or an error that says whose fault it is. */
export function partBody(part: Part): RequestBody {
  return { bytes: part.bytes, open: () => exactly(part) };
}
