import { formatBytes } from '../../core/index.js';
import { badArchive } from './error.js';
import { drop, look, peek, type Step, skip, type Walk } from './frames.js';

// The format: RFC 8878, section 3.

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const MAX_BLOCK_BYTES = 128 * 1024;

const damaged = (why: string): Error => badArchive(`the zstd data is damaged: ${why}`);

export interface ZstdLimits {
  /** A decoder keeps this much of its output in memory. */
  readonly windowBytes: number;
  /** Whether each block is handed over by itself: one block gives at most 128 KiB. */
  readonly cutBlocks: boolean;
}

const RLE = 1;
const RESERVED = 3;

/** Bytes of the frame header's content size, by its flag. */
const CONTENT_BYTES = [0, 2, 4, 8] as const;

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentSize(field: Buffer): number {
  if (field.length === 8) return Number(field.readBigUInt64LE());
  return field.length === 0 ? 0 : field.readUIntLE(0, field.length) + (field.length === 2 ? 256 : 0);
}

interface FrameHeader {
  readonly windowBytes: number;
  readonly checksum: boolean;
}

function* frameHeader(): Generator<Step, FrameHeader, Buffer> {
  const flags = (yield look(1))[0] ?? 0;
  const singleSegment = (flags & 0x20) !== 0;
  if ((flags & 0x08) !== 0) throw damaged('a reserved bit is set');
  if ((flags & 3) !== 0) throw badArchive('the zstd data needs a dictionary, which is not supported');
  const descriptor = singleSegment ? 0 : ((yield look(1))[0] ?? 0);
  const bytes = CONTENT_BYTES[(flags >> 6) as 0 | 1 | 2 | 3] || (singleSegment ? 1 : 0);
  const content = bytes === 0 ? 0 : contentSize(yield look(bytes));
  return { windowBytes: singleSegment ? content : windowOf(descriptor), checksum: (flags & 4) !== 0 };
}

function* blocks(header: FrameHeader, limits: ZstdLimits): Walk {
  for (let last = false; !last; ) {
    const head = (yield look(3)).readUIntLE(0, 3);
    const type = (head >> 1) & 3;
    const bytes = head >> 3;
    last = (head & 1) === 1;
    if (type === RESERVED) throw damaged('a block has no known type');
    if (bytes > MAX_BLOCK_BYTES) throw damaged('a block is larger than 128 KiB');
    yield skip(type === RLE ? 1 : bytes);
    // The checksum belongs to the last block's piece: a decoder that is told "this is the end" wants it there.
    if (!last && limits.cutBlocks) yield 'cut';
  }
  if (header.checksum) yield skip(4);
}

/** Walks one zstd frame; frames that are to be skipped are dropped. */
export function* zstdFrame(limits: ZstdLimits): Walk {
  const magic = (yield peek(4)).readUInt32LE();
  if ((magic & 0xfffffff0) === SKIPPABLE) {
    yield drop(8 + (yield peek(8)).readUInt32LE(4));
    return;
  }
  if (magic !== MAGIC) throw badArchive('the zstd data is followed by something else: trailing garbage');
  yield skip(4);
  const header = yield* frameHeader();
  if (header.windowBytes > limits.windowBytes) {
    throw badArchive(
      `the zstd data wants a window of ${formatBytes(header.windowBytes)}; at most ${formatBytes(limits.windowBytes)} is allowed`,
    );
  }
  yield* blocks(header, limits);
}
