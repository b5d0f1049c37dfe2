import { badArchive } from '../compression/index.js';

// The formats: POSIX pax, "ustar Interchange Format"; GNU tar's manual, "Basic Tar Format".

export const BLOCK_BYTES = 512;

/** The fields of one header block that matter here, as they stand there. */
export interface Header {
  readonly name: Buffer;
  /** The type's character; '\0' of the oldest archives is '0'. */
  readonly type: string;
  readonly link: Buffer;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Seconds since 1970; negative before. */
  readonly mtime: number;
}

const ZERO_BLOCK = Buffer.alloc(BLOCK_BYTES);

/** Two of these end an archive. */
export const isZeroBlock = (block: Buffer): boolean => block[0] === 0 && block.equals(ZERO_BLOCK);

const CHECKSUM_AT = 148;
const SPACE = 0x20;
const ZERO = 0x30;

/** Bytes up to the first NUL. */
function text(block: Buffer, at: number, width: number): Buffer {
  const end = block.indexOf(0, at);
  return block.subarray(at, end < 0 || end > at + width ? at + width : end);
}

/** GNU's way to write what octal digits cannot hold: a first byte of 0x80 or 0xff, then two's complement. */
function binary(block: Buffer, at: number, width: number): number | null {
  const first = block[at] ?? 0;
  if (first !== 0x80 && first !== 0xff) return null;
  const value = BigInt(`0x${block.toString('hex', at + 1, at + width)}`);
  const signed = first === 0xff ? value - (1n << BigInt(8 * (width - 1))) : value;
  const number = Number(signed);
  return Number.isSafeInteger(number) ? number : null;
}

/** Digits with spaces before them and spaces or NULs after them; none at all is zero. Null for anything else. */
function octal(block: Buffer, at: number, width: number): number | null {
  const end = at + width;
  let value = 0;
  let index = at;
  while (index < end && block[index] === SPACE) index++;
  for (let digit = digitAt(block, index); index < end && digit >= 0; digit = digitAt(block, index)) {
    value = value * 8 + digit;
    index++;
  }
  while (index < end && (block[index] === SPACE || block[index] === 0)) index++;
  return index === end ? value : null;
}

function digitAt(block: Buffer, index: number): number {
  const digit = (block[index] ?? 0) - ZERO;
  return digit >= 0 && digit < 8 ? digit : -1;
}

interface Field {
  readonly at: number;
  readonly width: number;
  readonly what: string;
}

const FIELDS = {
  mode: { at: 100, width: 8, what: 'mode' },
  uid: { at: 108, width: 8, what: 'user id' },
  gid: { at: 116, width: 8, what: 'group id' },
  size: { at: 124, width: 12, what: 'size' },
  mtime: { at: 136, width: 12, what: 'time' },
} as const satisfies Record<string, Field>;

function numberOf(block: Buffer, { at, width, what }: Field): number {
  const value = ((block[at] ?? 0) & 0x80) === 0 ? octal(block, at, width) : binary(block, at, width);
  if (value === null) throw badArchive(`the ${what} in a header is no number that tar can hold`);
  return value;
}

function notNegative(block: Buffer, field: Field): number {
  const value = numberOf(block, field);
  if (value < 0) throw badArchive(`the ${field.what} in a header is negative`);
  return value;
}

/** Whether a header's bytes have the sum that it says, its own eight digits counted as spaces. */
function isSound(block: Buffer): boolean {
  let sum = 8 * SPACE;
  for (let index = 0; index < BLOCK_BYTES; index++) sum += block[index] ?? 0;
  for (let index = CHECKSUM_AT; index < CHECKSUM_AT + 8; index++) sum -= block[index] ?? 0;
  return sum === octal(block, CHECKSUM_AT, 8);
}

const PREFIX = { at: 345, width: 155 } as const;
const USTAR = 'ustar\u000000';
const GNU = 'ustar  \0';
/** GNU's times of access and of change, where others have the prefix. */
const GNU_TIMES = [PREFIX.at, PREFIX.at + 12];

const isNumber = (block: Buffer, at: number): boolean =>
  (((block[at] ?? 0) & 0x80) === 0 ? octal(block, at, 12) : binary(block, at, 12)) !== null;

/**
 * Whether the bytes of the prefix are one. Where some readers take it for a part of the name and others do not, the archive is
 * refused: a scanner would have seen other files than we unpack.
 */
function hasPrefix(block: Buffer): boolean {
  if (block[PREFIX.at] === 0) return false;
  const magic = block.toString('latin1', 257, 265);
  if (magic === USTAR) return true;
  if (magic === GNU && GNU_TIMES.every((at) => isNumber(block, at))) return false;
  if (magic.startsWith('ustar'))
    throw badArchive('a header has a prefix, and not the format that has prefixes');
  return false;
}

function nameOf(block: Buffer): Buffer {
  const name = text(block, 0, 100);
  if (!hasPrefix(block)) return name;
  return Buffer.concat([text(block, PREFIX.at, PREFIX.width), Buffer.from('/'), name]);
}

/** @throws HotcellError `bad-archive` when the checksum is wrong or a number is none */
export function readHeader(block: Buffer): Header {
  if (!isSound(block)) throw badArchive('a header is damaged: its checksum is wrong');
  const type = block[156] === 0 ? '0' : block.toString('latin1', 156, 157);
  return {
    name: nameOf(block),
    type,
    link: text(block, 157, 100),
    mode: notNegative(block, FIELDS.mode),
    uid: notNegative(block, FIELDS.uid),
    gid: notNegative(block, FIELDS.gid),
    size: notNegative(block, FIELDS.size),
    mtime: numberOf(block, FIELDS.mtime),
  };
}

/** A link's header whose own target is empty, because the extended header before it has it, with one that is not. */
export function withSomeLink(block: Buffer): Buffer {
  const copy = Buffer.from(block);
  const sum = octal(copy, CHECKSUM_AT, 8) ?? 0;
  copy[157] = 0x78;
  copy.write(`${(sum + 0x78).toString(8).padStart(6, '0')}\0 `, CHECKSUM_AT, 'latin1');
  return copy;
}
