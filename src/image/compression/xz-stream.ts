import { formatBytes } from '../../core/index.js';
import { badArchive } from './error.js';
import { drop, look, peek, type Step, skip, type Walk } from './frames.js';

// The format: https://tukaani.org/xz/xz-file-format.txt, and LZMA2's chunks as in xz-embedded's xz_dec_lzma2.c.

/** What `xz -9` uses. The decoder takes this much memory at once, whatever the data is. */
const MAX_DICTIONARY_BYTES = 64 * 1024 * 1024;

const LZMA2 = 0x21;
const MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]);

/** Bytes of a block's check, by its type: none, CRC-32, CRC-64. SHA-256 the decoder cannot do. */
const CHECK_BYTES: ReadonlyMap<number, number> = new Map([
  [0, 0],
  [1, 4],
  [4, 8],
]);

const damaged = (why: string): Error => badArchive(`the xz data is damaged: ${why}`);

type Part<T> = Generator<Step, T, Buffer>;

function* byte(): Part<number> {
  return (yield look(1))[0] ?? 0;
}

/** Passes over a number of up to 9 bytes. Gives how many it had. */
function* variableLength(): Part<number> {
  for (let count = 1; count <= 9; count++) if ((yield* byte()) < 0x80) return count;
  throw damaged('a number is too long');
}

/** Where a variable-length number in a block's header ends. */
function afterNumber(header: Buffer, at: number): number {
  const end = header.subarray(at, at + 9).findIndex((value) => value < 0x80);
  if (end < 0) throw damaged('a number in a block header is too long');
  return at + end + 1;
}

const dictionaryBytes = (code: number): number =>
  code >= 40 ? 2 ** 32 : (2 | (code & 1)) * 2 ** (11 + (code >> 1));

function checkBlockHeader(header: Buffer): void {
  const flags = header[0] ?? 0;
  if ((flags & 0x3c) !== 0) throw damaged('a reserved bit is set');
  let at = 1;
  if ((flags & 0x40) !== 0) at = afterNumber(header, at);
  if ((flags & 0x80) !== 0) at = afterNumber(header, at);
  if ((flags & 3) !== 0 || header[at] !== LZMA2 || header[at + 1] !== 1) {
    throw badArchive('the xz data uses a filter that is not supported; only LZMA2 is');
  }
  const bytes = dictionaryBytes(header[at + 2] ?? 0);
  if (bytes <= MAX_DICTIONARY_BYTES) return;
  throw badArchive(
    `the xz data wants a dictionary of ${formatBytes(bytes)}; at most ${formatBytes(MAX_DICTIONARY_BYTES)} is allowed`,
  );
}

/** Passes over a block's chunks. Gives how many bytes they had. */
function* chunks(): Part<number> {
  for (let total = 1; ; total++) {
    const control = yield* byte();
    if (control === 0) return total;
    if (control > 2 && control < 0x80) throw damaged('a chunk has no known type');
    const head = yield look(control < 0x80 ? 2 : 4);
    const properties = control >= 0xc0 ? 1 : 0;
    const bytes = head.readUInt16BE(head.length - 2) + 1 + properties;
    yield skip(bytes);
    total += head.length + bytes;
  }
}

/** A block after the first byte of its header, which says how long that is. */
function* block(size: number, check: number): Part<void> {
  checkBlockHeader(yield look((size + 1) * 4 - 1));
  const bytes = yield* chunks();
  yield skip(((4 - (bytes % 4)) % 4) + check);
}

/** The index after its first byte, and the footer. */
function* indexAndFooter(blocks: number): Part<void> {
  let bytes = 1;
  // The number of blocks, then two numbers for each.
  for (let numbers = 1 + 2 * blocks; numbers > 0; numbers--) bytes += yield* variableLength();
  yield skip(((4 - (bytes % 4)) % 4) + 4 + 12);
}

/** Walks one xz stream, or four bytes of the padding that may stand between streams, which are dropped. */
export function* xzStream(): Walk {
  if ((yield peek(4)).equals(Buffer.alloc(4))) {
    yield drop(4);
    return;
  }
  const head = yield look(12);
  if (!head.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw badArchive('the xz data is followed by something else: trailing garbage');
  }
  const check = CHECK_BYTES.get(head[7] ?? 0);
  if (check === undefined) throw badArchive('the xz data has a check other than CRC-32 and CRC-64');
  for (let count = 0; ; count++) {
    const size = yield* byte();
    if (size === 0) return yield* indexAndFooter(count);
    yield* block(size, check);
  }
}
