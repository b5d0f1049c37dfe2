/** What all comparisons share: byte loops, for both sides may be as large as the output limit. */

const CHUNK_BYTES = 4096;

export const NEWLINE = 0x0a;

/** ASCII white space: the bytes of no other UTF-8 character are among these. */
const WHITE = new Uint8Array(256);
for (const byte of [0x09, NEWLINE, 0x0b, 0x0c, 0x0d, 0x20]) WHITE[byte] = 1;

export const isWhite = (bytes: Buffer, at: number): boolean => WHITE[bytes[at] ?? 0] === 1;

/** A part of bytes, from `start` to before `end`. */
export interface Range {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

export const whole = (bytes: Buffer): Range => ({ bytes, start: 0, end: bytes.length });

/** How many bytes two ranges have in common from their starts. */
export function commonLength(a: Range, b: Range): number {
  const { bytes: left, start: from } = a;
  const { bytes: right, start: to } = b;
  const length = Math.min(a.end - from, b.end - to);
  let at = 0;
  for (let next = CHUNK_BYTES; next <= length; at = next, next += CHUNK_BYTES) {
    if (left.compare(right, to + at, to + next, from + at, from + next) !== 0) break;
  }
  while (at < length && left[from + at] === right[to + at]) at++;
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
  while (end > start && isWhite(bytes, end - 1)) end--;
  while (start < end && isWhite(bytes, start)) start++;
  return { bytes, start, end };
}
