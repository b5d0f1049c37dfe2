/** What {@link decompress} reads; `none` passes bytes on as they are. */
export type Compression = 'gzip' | 'zstd' | 'xz' | 'none';

/** Known by their first bytes so that the error can name them: their content would only look like a damaged archive. */
type Refused = 'bzip2' | 'lz4' | 'lzip' | 'lzma' | 'compress';

const bytes = (...values: readonly (number | string)[]): Buffer =>
  Buffer.concat(values.map((value) => (typeof value === 'number' ? Buffer.of(value) : Buffer.from(value))));

const MAGIC: readonly (readonly [Compression | Refused, Buffer])[] = [
  ['gzip', bytes(0x1f, 0x8b)],
  ['zstd', bytes(0x28, 0xb5, 0x2f, 0xfd)],
  ['xz', bytes(0xfd, '7zXZ', 0)],
  ['bzip2', bytes('BZh')],
  ['lz4', bytes(0x04, 0x22, 0x4d, 0x18)],
  ['lzip', bytes('LZIP')],
  ['lzma', bytes(0x5d, 0, 0, 0x80)],
  ['compress', bytes(0x1f, 0x9d)],
];

/** Frames that zstd passes over may come first: 0x184d2a50 to 0x184d2a5f, little-endian. */
const isSkippable = (head: Buffer): boolean =>
  head.length >= 4 && (head.readUInt32LE(0) & 0xfffffff0) === 0x184d2a50;

/** A tar says so here, whatever the name of its first entry begins with. */
const isTar = (head: Buffer): boolean => head.subarray(257, 262).toString('latin1') === 'ustar';

const BZIP2 = /^BZh[1-9]1AY&SY/;

/** Marks that a name could begin with by chance; of bzip2 there is more to see. */
const TEXT: readonly string[] = ['bzip2', 'lzip'];

/**
 * Whether this is compressed for those who do not look for a tar first. What is both is refused: they would see other
 * files in it than we do.
 */
export function isDisguised(head: Buffer): boolean {
  if (isSkippable(head) || BZIP2.test(head.subarray(0, 10).toString('latin1'))) return true;
  return MAGIC.some(([kind, magic]) => !TEXT.includes(kind) && head.subarray(0, magic.length).equals(magic));
}

/** As many of a stream's first bytes as {@link detect} wants to see. */
export const HEAD_BYTES = 512;

/** Which compression these first bytes are of. */
export function detect(head: Buffer): Compression | Refused {
  if (isTar(head)) return 'none';
  if (isSkippable(head)) return 'zstd';
  return MAGIC.find(([, magic]) => head.subarray(0, magic.length).equals(magic))?.[0] ?? 'none';
}
