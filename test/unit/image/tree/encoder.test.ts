import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { TreeEncoder, type TreeSink } from '../../../../src/image/tree/index.js';
import { treeOpId, treeVersion } from '../../../../src/image/tree/ops-table.js';

/** Keeps a copy of what it is given, and takes it only when the test lets it. */
class HeldSink implements TreeSink {
  readonly chunks: Buffer[] = [];
  ended = false;
  #take: { resolve: () => void; reject: (error: Error) => void }[] = [];
  readonly #held: boolean;

  constructor({ held }: { readonly held: boolean }) {
    this.#held = held;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  write(chunk: Uint8Array): Promise<void> {
    this.chunks.push(Buffer.from(chunk));
    if (!this.#held) return Promise.resolve();
    return new Promise((resolve, reject) => this.#take.push({ resolve, reject }));
  }

  take(): void {
    this.#take.shift()?.resolve();
  }

  refuse(error: Error): void {
    this.#take.shift()?.reject(error);
  }

  end(): Promise<void> {
    this.ended = true;
    return Promise.resolve();
  }

  abort(): Promise<void> {
    return Promise.resolve();
  }
}

interface Frame {
  readonly op: number;
  readonly payload: Buffer;
}

function frames(bytes: Buffer): Frame[] {
  const found: Frame[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const size = bytes.readUInt32LE(at + 4);
    found.push({ op: bytes.readUInt32LE(at), payload: bytes.subarray(at + 8, at + 8 + size) });
    at += 8 + size;
  }
  return found;
}

const ENTRY = { mode: 0o644, uid: 1, gid: 2, mtime: { seconds: 3, nanoseconds: 4 } } as const;
const KIB = 1024;

async function told(tell: (tree: TreeEncoder) => Promise<void>): Promise<Frame[]> {
  const sink = new HeldSink({ held: false });
  const tree = new TreeEncoder(sink);
  await tell(tree);
  await tree.end();
  expect(sink.ended).toBe(true);
  const [first, ...rest] = frames(sink.bytes);
  expect(first).toEqual({ op: treeOpId.begin, payload: Buffer.from([treeVersion, 0, 0, 0]) });
  expect(rest.pop()).toEqual({ op: treeOpId.end, payload: Buffer.from([1, 0, 0, 0]) });
  return rest;
}

describe('TreeEncoder', () => {
  it('writes an entry as the twin in C reads it', async () => {
    const [frame] = await told(async (tree) => await tree.file({ ...ENTRY, path: 'a/ü', size: 2 ** 33 + 5 }));
    expect(frame?.op).toBe(treeOpId.file);
    expect(frame?.payload.toString('hex')).toBe(
      [
        'a4010000', // mode
        '01000000', // uid
        '02000000', // gid
        '0300000000000000', // seconds
        '04000000', // nanoseconds
        '0500000002000000', // size
        '04000000', // bytes of the path
        '612fc3bc',
      ].join(''),
    );
  });

  test.prop([fc.integer({ min: -(2 ** 52), max: 2 ** 52 })])('writes times of 64 bits', async (seconds) => {
    const [frame] = await told(async (tree) => await tree.times('x', { seconds, nanoseconds: 0 }));
    expect(frame?.payload.readBigInt64LE(0)).toBe(BigInt(seconds));
  });

  it('takes paths as bytes, which need not be text', async () => {
    const [frame] = await told(async (tree) => await tree.whiteout(Buffer.from([0xff, 0x2f, 0xfe])));
    expect(frame?.payload.toString('hex')).toBe('03000000ff2ffe');
  });

  test.prop([fc.array(fc.integer({ min: 0, max: 600 * KIB }), { maxLength: 6 })], { numRuns: 20 })(
    'cuts data as it likes, and loses none of it',
    async (sizes) => {
      const pieces = sizes.map((size, index) => Buffer.alloc(size, index + 1));
      const all = await told(async (tree) => {
        for (const piece of pieces) await tree.data(piece);
      });
      expect(all.every(({ op, payload }) => op === treeOpId.data && payload.byteLength <= KIB * KIB)).toBe(
        true,
      );
      expect(Buffer.concat(all.map(({ payload }) => payload)).equals(Buffer.concat(pieces))).toBe(true);
    },
  );

  it('sends small operations together', async () => {
    const sink = new HeldSink({ held: true });
    const tree = new TreeEncoder(sink);
    for (let index = 0; index < 1000; index++) expect(tree.whiteout(`file${index}`)).toBe(undefined);
    expect(sink.chunks).toEqual([]);
  });

  it('goes on while one chunk is on its way, and has its caller wait when another is full', async () => {
    const sink = new HeldSink({ held: true });
    const tree = new TreeEncoder(sink);
    const piece = Buffer.alloc(250 * KIB, 7);
    expect(tree.data(piece)).toBe(undefined);
    expect(tree.data(piece)).toBe(undefined);
    const waiting = tree.data(piece);
    expect(waiting).toBeInstanceOf(Promise);
    expect(sink.chunks).toHaveLength(1);
    sink.take();
    await waiting;
    expect(sink.chunks).toHaveLength(2);
  });

  it('does not change what is on its way', async () => {
    const sink = new HeldSink({ held: false });
    const given: Uint8Array[] = [];
    const copies: Buffer[] = [];
    sink.write = async (chunk) => {
      copies.push(Buffer.from(chunk));
      given.push(chunk);
      await new Promise((resolve) => setImmediate(resolve));
      expect(Buffer.from(chunk).equals(copies.at(-1) ?? Buffer.alloc(0))).toBe(true);
    };
    const tree = new TreeEncoder(sink);
    for (let index = 0; index < 20; index++) await tree.data(Buffer.alloc(100 * KIB, index));
    await tree.end();
    expect(given.length).toBeGreaterThan(3);
  });

  it('rejects with what its sink threw, then and from then on, and does not end', async () => {
    const sink = new HeldSink({ held: true });
    const tree = new TreeEncoder(sink);
    await tree.data(Buffer.alloc(500 * KIB));
    const waiting = tree.data(Buffer.alloc(100 * KIB));
    sink.refuse(new Error('full'));
    await expect(waiting).rejects.toThrow('full');
    await expect(tree.end()).rejects.toThrow('full');
    expect(sink.chunks).toHaveLength(1);
    expect(sink.ended).toBe(false);
  });

  it.each([
    ['a path of 4,096 bytes', 'x'.repeat(4096)],
    ['a path of 4,096 bytes in fewer characters', 'ü'.repeat(2048)],
    ['a path of bytes', Buffer.alloc(4096, 0x78)],
  ])('refuses %s, which its caller should have', (_, path) => {
    const tree = new TreeEncoder(new HeldSink({ held: false }));
    expect(() => tree.whiteout(path)).toThrow('4095');
  });

  it('refuses an attribute over 64 KiB', () => {
    const tree = new TreeEncoder(new HeldSink({ held: false }));
    const value = Buffer.alloc(64 * KIB + 1);
    expect(() => tree.xattr({ path: 'x', name: 'user.x', value })).toThrow('65536');
  });
});
