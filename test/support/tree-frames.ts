/** Frames for the tree writer as src/image/tree would never make them. */
import { treeOpId, treeVersion } from '../../src/image/tree/ops-table.js';

export type Part = number | bigint | string | Buffer;

/** A number has 32 bits, a bigint 64; a text or bytes have their size before them. */
function encode(part: Part): Buffer {
  if (typeof part === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(part >>> 0);
    return bytes;
  }
  if (typeof part === 'bigint') {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt.asUintN(64, part));
    return bytes;
  }
  const bytes = Buffer.from(part);
  return Buffer.concat([encode(bytes.byteLength), bytes]);
}

export const payload = (...parts: readonly Part[]): Buffer => Buffer.concat(parts.map(encode));

/** `size` may lie. */
export const frame = (op: number, bytes: Buffer = Buffer.alloc(0), size = bytes.byteLength): Buffer =>
  Buffer.concat([encode(op), encode(size), bytes]);

export const op = (name: keyof typeof treeOpId, ...parts: readonly Part[]): Buffer =>
  frame(treeOpId[name], payload(...parts));

export const data = (text: string | Buffer): Buffer => frame(treeOpId.data, Buffer.from(text));

export const BEGIN = op('begin', treeVersion);
export const END = op('end', 0);

/** mode, uid, gid, seconds, nanoseconds */
export const ATTRIBUTES: readonly Part[] = [0o644, 0, 0, 1n, 0];

export const file = (path: string | Buffer, content: string): Buffer =>
  Buffer.concat([
    op('file', ...ATTRIBUTES, BigInt(Buffer.byteLength(content)), path),
    ...(content === '' ? [] : [data(content)]),
  ]);
