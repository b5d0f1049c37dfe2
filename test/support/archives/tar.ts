const BLOCK = 512;

/**
 * One entry of a tar archive, as wrong as a test wants it: every field of its header can be given as the bytes to put there,
 * which numbers and text stand for. `pax` becomes an extended header before it, `longName` and `longLink` GNU's.
 */
export interface TarEntry {
  readonly name: string | Uint8Array;
  /** The type's character: `0` file (default), `1` hard link, `2` symbolic link, `3` `4` devices, `5` directory, `6` FIFO. */
  readonly type?: string;
  readonly body?: string | Uint8Array;
  readonly link?: string | Uint8Array;
  readonly mode?: number | Uint8Array;
  readonly uid?: number | Uint8Array;
  readonly gid?: number | Uint8Array;
  /** What the header says; by default what the body has. */
  readonly size?: number | string | Uint8Array;
  readonly mtime?: number | Uint8Array;
  readonly prefix?: string;
  /** Magic and version, 8 bytes: `ustar\0` + `00` by default, `ustar  \0` is GNU's, eight NULs are V7's. */
  readonly magic?: string;
  readonly pax?: Readonly<Record<string, string | Uint8Array>>;
  readonly longName?: string | Uint8Array;
  readonly longLink?: string | Uint8Array;
  /** Last change of the header, before its checksum is made. */
  readonly patch?: (header: Buffer) => void;
  /** Last change of the header, checksum and all. */
  readonly spoil?: (header: Buffer) => void;
}

const bytesOf = (value: string | Uint8Array): Buffer =>
  typeof value === 'string'
    ? Buffer.from(value)
    : Buffer.from(value.buffer, value.byteOffset, value.byteLength);

function octal(value: number | string | Uint8Array, width: number): Buffer {
  if (typeof value !== 'number') return bytesOf(value);
  return Buffer.from(`${value.toString(8).padStart(width - 1, '0')}\0`);
}

/** A number as GNU writes what octal digits cannot hold: the first bit set, then two's complement. */
export function base256(value: bigint, width = 12): Buffer {
  const bytes = Buffer.alloc(width, value < 0n ? 0xff : 0);
  for (let index = width - 1, rest = value; index >= 0; index--, rest >>= 8n)
    bytes[index] = Number(rest & 0xffn);
  bytes[0] = (bytes[0] ?? 0) | 0x80;
  return bytes;
}

const padded = (bytes: Uint8Array): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);

/** Writes the sum of a header's bytes into it. */
export function sign(header: Buffer): void {
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}

function headerOf(entry: TarEntry, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const put = (bytes: Buffer, at: number, width: number): number =>
    bytes.copy(header, at, 0, Math.min(width, bytes.length));
  put(bytesOf(entry.name), 0, 100);
  put(octal(entry.mode ?? 0o644, 8), 100, 8);
  put(octal(entry.uid ?? 0, 8), 108, 8);
  put(octal(entry.gid ?? 0, 8), 116, 8);
  put(octal(entry.size ?? size, 12), 124, 12);
  put(octal(entry.mtime ?? 0, 12), 136, 12);
  header.write(entry.type ?? '0', 156, 'latin1');
  put(bytesOf(entry.link ?? ''), 157, 100);
  header.write(entry.magic ?? 'ustar\u000000', 257, 'latin1');
  put(bytesOf(entry.prefix ?? ''), 345, 155);
  entry.patch?.(header);
  sign(header);
  entry.spoil?.(header);
  return header;
}

/** One record of an extended header; its length counts itself. */
export function paxRecord(key: string, value: string | Uint8Array): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), bytesOf(value), Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

/** An extended header (`x`; `g` for a global one) whose records are these bytes, right or wrong. */
export const paxHeader = (records: Uint8Array, type = 'x'): Buffer =>
  Buffer.concat([headerOf({ name: 'PaxHeader/x', type }, records.length), padded(records)]);

const gnuLong = (text: string | Uint8Array, type: 'L' | 'K'): Buffer => {
  const bytes = Buffer.concat([bytesOf(text), Buffer.alloc(1)]);
  return Buffer.concat([
    headerOf({ name: '././@LongLink', type, magic: 'ustar  \0' }, bytes.length),
    padded(bytes),
  ]);
};

/** The blocks of one entry, without an end of the archive. */
export function tarEntry(entry: TarEntry): Buffer {
  const body = bytesOf(entry.body ?? '');
  const records = Object.entries(entry.pax ?? {}).map(([key, value]) => paxRecord(key, value));
  return Buffer.concat([
    ...(records.length > 0 ? [paxHeader(Buffer.concat(records))] : []),
    ...(entry.longName === undefined ? [] : [gnuLong(entry.longName, 'L')]),
    ...(entry.longLink === undefined ? [] : [gnuLong(entry.longLink, 'K')]),
    headerOf(entry, body.length),
    padded(body),
  ]);
}

/** The two empty blocks that end an archive. */
export const TAR_END: Buffer = Buffer.alloc(2 * BLOCK);

/** A tar archive of these entries, in this order; ready-made blocks may stand between them. */
export const tarOf = (entries: readonly (TarEntry | Uint8Array)[], end: Uint8Array = TAR_END): Buffer =>
  Buffer.concat([...entries.map((entry) => (entry instanceof Uint8Array ? entry : tarEntry(entry))), end]);
