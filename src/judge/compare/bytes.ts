/** What all comparisons share: byte loops, for both sides may be as large as the output limit. */

const CHUNK_BYTES = 4096;

export const NEWLINE = 0x0a;

/** ASCII white space: the bytes of no other UTF-8 character are among these. */
const WHITE = new Uint8Array(256);
for (const byte of [0x09, NEWLINE, 0x0b, 0x0c, 0x0d, 0x20]) WHITE[byte] = 1;

export const isWhite = (byte: number | undefined): boolean => byte !== undefined && WHITE[byte] === 1;

/** A part of bytes, from `start` to before `end`. */
export interface Range {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** How many bytes two ranges have in common from their starts. */
export function commonLength(a: Range, b: Range): number {
  const length = Math.min(a.end - a.start, b.end - b.start);
  let at = 0;
  for (let next = CHUNK_BYTES; next <= length; at = next, next += CHUNK_BYTES) {
    const order = a.bytes.compare(b.bytes, b.start + at, b.start + next, a.start + at, a.start + next);
    if (order !== 0) break;
  }
  while (at < length && a.bytes[a.start + at] === b.bytes[b.start + at]) at++;
  return at;
}

/** Null when the two are equal, else how far they are. */
export function parting(a: Range, b: Range): number | null {
  const common = commonLength(a, b);
  return common === a.end - a.start && common === b.end - b.start ? null : common;
}

export function trimmed(bytes: Buffer): Range {
  let start = 0;
  let end = bytes.length;
  while (end > start && isWhite(bytes[end - 1])) end--;
  while (start < end && isWhite(bytes[start])) start++;
  return { bytes, start, end };
}
