import { badArchive } from './error.js';
import { gunzip } from './gzip.js';
import { type Compression, detect, HEAD_BYTES } from './magic.js';
import { Ratio } from './ratio.js';
import { unxz } from './xz.js';
import { unzstd } from './zstd.js';

export interface DecompressOptions {
  /** Unpacked to packed bytes, above 64 MiB unpacked. */
  readonly ratio: number;
  /** How many packed bytes were read so far. */
  readonly onProgress?: ((packedBytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Decoder = (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

const DECODERS: Readonly<Record<Exclude<Compression, 'none'>, Decoder>> = {
  gzip: gunzip,
  zstd: unzstd,
  xz: unxz,
};

async function* counted(
  source: AsyncIterable<Uint8Array>,
  ratio: Ratio,
  { onProgress, signal }: DecompressOptions,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of source) {
    signal?.throwIfAborted();
    bytes += chunk.length;
    ratio.packed(chunk.length);
    yield chunk;
    onProgress?.(bytes);
  }
}

/** The first bytes of a stream, and the stream with them. */
async function peek(source: AsyncGenerator<Uint8Array>): Promise<[Buffer, AsyncGenerator<Uint8Array>]> {
  const seen: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < HEAD_BYTES) {
    const { done, value } = await source.next();
    if (done) break;
    seen.push(value);
    bytes += value.length;
  }
  return [Buffer.concat(seen).subarray(0, HEAD_BYTES), again(seen, source)];
}

async function* again(
  seen: readonly Uint8Array[],
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* seen;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

/** @throws HotcellError `bad-archive` for compressions that are known and not supported */
function decoderFor(head: Buffer): Decoder | null {
  const compression = detect(head);
  switch (compression) {
    case 'none':
      return null;
    case 'gzip':
    case 'zstd':
    case 'xz':
      return DECODERS[compression];
    default:
      throw badArchive(`the archive is compressed with ${compression}; use gzip, zstd, xz or none`);
  }
}

/**
 * Unpacks gzip, zstd and xz, which are known by their first bytes, in any number of members, frames and streams; anything
 * else comes out as it went in. Memory stays flat whatever the input is.
 *
 * @throws HotcellError `bad-archive` when the data is damaged, truncated, followed by garbage, or unpacks to more than the ratio
 */
export async function* decompress(
  source: AsyncIterable<Uint8Array>,
  options: DecompressOptions,
): AsyncGenerator<Uint8Array> {
  const ratio = new Ratio(options.ratio);
  const [head, whole] = await peek(counted(source, ratio, options));
  try {
    const decoder = decoderFor(head);
    for await (const chunk of decoder === null ? whole : decoder(whole)) {
      ratio.unpacked(chunk.length);
      options.signal?.throwIfAborted();
      yield chunk;
    }
  } finally {
    await whole.return(undefined);
  }
}
