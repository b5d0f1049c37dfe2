import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { HotcellError } from '../../core/index.js';
import { AHEAD_BYTES, CHUNK_BYTES, through, type ZlibEngine } from './engine.js';
import { badArchive } from './error.js';
import { Frames } from './frames.js';
import { zstdFrame } from './zstd-frame.js';

/** What zstd(1) itself accepts without being told otherwise. */
const NATIVE_LIMITS = { windowBytes: 128 * 1024 * 1024, cutBlocks: false };

/** fzstd moves its whole window after every block. 8 MiB is what every decoder must manage, and what levels to 19 use. */
const SCRIPT_LIMITS = { windowBytes: 8 * 1024 * 1024, cutBlocks: true };

type CreateZstd = (options: object) => ZlibEngine;

/** From Node 22.15 and 23.8 on. */
const createNative = (zlib as { createZstdDecompress?: CreateZstd }).createZstdDecompress;

/** No piece has bytes of two frames. */
async function* pieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const frames = new Frames(source, () => zstdFrame(NATIVE_LIMITS), 'zstd');
  try {
    while (await frames.next()) {
      for (let piece = await frames.read(); piece !== null; piece = await frames.read()) yield piece;
    }
  } finally {
    await frames.close();
  }
}

/** By Node's zlib, which would stop after the first frame if it were given more than one at once. */
function byZlib(source: AsyncIterable<Uint8Array>, create: CreateZstd): AsyncIterable<Buffer> {
  const engine = create({ chunkSize: CHUNK_BYTES, readableHighWaterMark: AHEAD_BYTES });
  return through(pieces(source), engine, 'zstd');
}

class ScriptDecoder {
  private made: Uint8Array[] = [];
  private readonly decoder = new Decompress((chunk) => this.made.push(chunk));

  push(piece: Buffer, last: boolean): Uint8Array[] {
    this.made = [];
    try {
      this.decoder.push(piece, last);
    } catch (error) {
      if (error instanceof HotcellError) throw error;
      throw badArchive(`the zstd data is damaged: ${String(error)}`, { cause: error });
    }
    return this.made;
  }
}

/** Blocks with next to nothing in them, each of which moves the window, would keep the processor busy for hours. */
const MAX_SMALL_BLOCKS = 4096;
const SMALL_BLOCK_BYTES = 512;

async function* frameByScript(frames: Frames): AsyncGenerator<Uint8Array> {
  const decoder = new ScriptDecoder();
  let small = 0;
  let piece = await frames.read();
  while (piece !== null) {
    const next = await frames.read();
    for (const chunk of decoder.push(piece, next === null)) {
      if (chunk.length < SMALL_BLOCK_BYTES && ++small > MAX_SMALL_BLOCKS) {
        throw badArchive(
          `the zstd data has more than ${MAX_SMALL_BLOCKS} blocks of less than ${SMALL_BLOCK_BYTES} bytes`,
        );
      }
      yield chunk;
    }
    piece = next;
  }
}

/** By fzstd, block for block: what comes out of one is at most 128 KiB. */
export async function* unzstdByScript(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const frames = new Frames(source, () => zstdFrame(SCRIPT_LIMITS), 'zstd');
  try {
    while (await frames.next()) yield* frameByScript(frames);
  } finally {
    await frames.close();
  }
}

/** Any number of zstd frames, one after the other. */
export const unzstd = (source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> =>
  createNative === undefined ? unzstdByScript(source) : byZlib(source, createNative);
