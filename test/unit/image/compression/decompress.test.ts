import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type DecompressOptions, decompress } from '../../../../src/image/compression/index.js';
import { unzstdByScript } from '../../../../src/image/compression/zstd.js';
import { collect, gzip, pieces, skippableFrame, xz, zstd } from '../../../support/archives/index.js';

const MIB = 1024 * 1024;
const RATIO = 250;

const words = Array.from({ length: 3000 }, (_, index) => `line ${index * 7919} of the text\n`).join('');
const text = Buffer.from(words);
/** Larger than a block of any of the formats, half of it without any order. */
const mixed = Buffer.concat([randomBytes(300_000), text, text, randomBytes(10), Buffer.alloc(400_000)]);

const TOOLS = { gzip, zstd, xz } as const;
const FORMATS = ['gzip', 'zstd', 'xz'] as const;

type Unpack = (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
const byDefault: Unpack = (source) => decompress(source, { ratio: RATIO });

/** Both ways to read zstd are tried whatever Node this is. */
const READERS: readonly [string, (typeof FORMATS)[number], Unpack][] = [
  ...FORMATS.map((format): [string, (typeof FORMATS)[number], Unpack] => [format, format, byDefault]),
  ['zstd by fzstd', 'zstd', unzstdByScript],
];

const unpack = (
  bytes: Uint8Array,
  piece?: number,
  options: Partial<DecompressOptions> = {},
): Promise<Buffer> => collect(decompress(pieces(bytes, piece), { ratio: RATIO, ...options }));

const refusal = async (unpacking: Promise<unknown>): Promise<string> => {
  const error = await unpacking.then(
    () => expect.fail('not refused'),
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'HotcellError', code: 'bad-archive' });
  return (error as Error).message;
};

describe.each(READERS)('%s', (_name, format, reader) => {
  const pack = TOOLS[format];
  const read = (bytes: Uint8Array, piece?: number): Promise<Buffer> => collect(reader(pieces(bytes, piece)));

  it.each([1, 13, 4096, MIB])('comes out as it went in, read in pieces of %i bytes', async (piece) => {
    const bytes = piece === 1 ? text : mixed;
    expect((await read(pack(bytes), piece)).equals(bytes)).toBe(true);
  });

  it('may be empty', async () => {
    expect(await read(pack(Buffer.alloc(0)))).toHaveLength(0);
  });

  it.each([1, 100, MIB])('may have several parts, read in pieces of %i bytes', async (piece) => {
    const parts = [text, Buffer.alloc(0), Buffer.from('x'), text];
    const unpacked = await read(Buffer.concat(parts.map((part) => pack(part))), piece);
    expect(unpacked.equals(Buffer.concat(parts))).toBe(true);
  });

  it('is refused when something follows', async () => {
    for (const garbage of ['x', 'garbage', '\0', '\0\0\0\0\0\0\0x', '\u001f', 'x'.repeat(100_000)]) {
      for (const piece of [1000, MIB]) {
        const bytes = Buffer.concat([pack(text), Buffer.from(garbage)]);
        expect(await refusal(read(bytes, piece))).toMatch(/trailing garbage|damaged|truncated/);
      }
    }
  });

  it('is refused wherever it is truncated', async () => {
    const bytes = pack(text);
    const lengths = [
      11,
      12,
      13,
      17,
      18,
      20,
      ...Array.from({ length: 30 }, (_, index) => bytes.length - 1 - index * 7),
    ];
    for (const length of lengths) {
      expect(await refusal(read(bytes.subarray(0, length), 4096))).toMatch(/truncated|damaged/);
    }
  });

  it('is refused, or comes out whole, when any byte is changed', async () => {
    const bytes = pack(text.subarray(0, 20_000));
    for (let index = 0; index < bytes.length; index += 41) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ (1 << (index % 8));
      const outcome = await read(changed).then(
        () => 'read',
        (error: unknown) => error,
      );
      if (outcome !== 'read') expect(outcome).toMatchObject({ name: 'HotcellError', code: 'bad-archive' });
    }
  });

  it('gives the error of what it reads from as it is, and reads again afterwards', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield pack(mixed).subarray(0, 50_000);
      throw new Error('the network is gone');
    }
    await expect(collect(reader(failing()))).rejects.toThrow('the network is gone');
    expect(await read(pack(text))).toHaveLength(text.length);
  });

  it('lets go of what it reads from when its reader stops early', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        yield pack(mixed);
        for (;;) yield pack(text);
      } finally {
        closed = true;
      }
    }
    for await (const chunk of reader(endless())) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await expect.poll(() => closed).toBe(true);
    expect(await read(pack(text))).toHaveLength(text.length);
  });
});

describe('a bomb', () => {
  const zeros = Buffer.alloc(80 * MIB);

  it.each(FORMATS)('of %s is refused early, and takes no memory', async (format) => {
    const bomb = format === 'gzip' ? gzip(zeros) : TOOLS[format](zeros, '-1');
    let given = 0;
    const before = process.memoryUsage().rss;
    let most = before;
    const unpacking = (async () => {
      for await (const chunk of decompress(pieces(bomb), { ratio: RATIO })) {
        given += chunk.length;
        most = Math.max(most, process.memoryUsage().rss);
      }
    })();
    expect(await refusal(unpacking)).toMatch(
      /^the archive unpacks to more than 250 times its size: .* became over 64MiB$/,
    );
    expect(given).toBeLessThanOrEqual(66 * MIB);
    expect(most - before).toBeLessThan(100 * MIB);
  });

  it('is nothing that is not compressed, however large it is', async () => {
    let bytes = 0;
    async function* plain(): AsyncGenerator<Uint8Array> {
      for (let count = 0; count < 200; count++) yield Buffer.alloc(MIB, 'x');
    }
    for await (const chunk of decompress(plain(), { ratio: RATIO })) bytes += chunk.length;
    expect(bytes).toBe(200 * MIB);
  });

  it('is also what goes on for ever and comes to nothing', async () => {
    // zstd's frames that are to be skipped, and gzip's name of the file that it was.
    const skipped = Buffer.alloc(MIB);
    skipped.writeUInt32LE(0x184d2a50, 0);
    skipped.writeUInt32LE(MIB - 8, 4);
    const named = Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]);
    const name = Buffer.alloc(MIB, 'x');
    let given = 0;
    async function* endless(head: Buffer, rest: Buffer): AsyncGenerator<Uint8Array> {
      yield head;
      for (given = 0; given < 1000; given++) yield rest;
    }
    for (const source of [endless(skipped, skipped), endless(named, name)]) {
      expect(await refusal(collect(decompress(source, { ratio: RATIO })))).toMatch(/is mostly filling/);
      expect(given).toBeLessThan(100);
    }
  });

  it('is none below 64 MiB, nor within the ratio', async () => {
    const small = gzip(zeros.subarray(0, 64 * MIB));
    expect((await unpack(small)).length).toBe(64 * MIB);
    const large = gzip(zeros.subarray(0, 70 * MIB));
    expect((await unpack(large, undefined, { ratio: 2000 })).length).toBe(70 * MIB);
    expect(await refusal(unpack(large, undefined, { ratio: 900 }))).toMatch(/900 times/);
  });

  it('in zstd cannot want a large window', async () => {
    const bytes = zstd(zeros.subarray(0, MIB), '--long=28');
    expect(await refusal(unpack(bytes))).toMatch(
      /wants a window of 2\d\d(\.\d+)?MiB; at most (8|128)MiB is allowed/,
    );
    expect(await refusal(collect(unzstdByScript(pieces(bytes))))).toMatch(/at most 8MiB is allowed/);
  });

  it('in zstd cannot be of a million blocks with a byte each, every one of which moves the window', async () => {
    const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 13 << 3]);
    const block = Buffer.from([(1 << 1) | (1 << 3), 0, 0, 0x61]);
    const blocks = Buffer.concat([head, ...Array.from({ length: 5000 }, () => block)]);
    expect(await refusal(collect(unzstdByScript(pieces(blocks))))).toMatch(
      /more than 4096 blocks of less than 512 bytes/,
    );
  });

  it('in xz cannot want a large dictionary', async () => {
    const bytes = xz(zeros.subarray(0, 1000), '--lzma2=dict=512MiB');
    expect(await refusal(unpack(bytes))).toMatch(/wants a dictionary of 512MiB; at most 64MiB is allowed/);
    expect(await unpack(xz(zeros.subarray(0, 1000), '-9'))).toHaveLength(1000);
  });
});

describe('xz', () => {
  it('may have padding between and after its streams', async () => {
    const one = xz(text);
    const bytes = Buffer.concat([one, Buffer.alloc(8), one, Buffer.alloc(4)]);
    for (const piece of [1, 5, MIB]) expect(await unpack(bytes, piece)).toHaveLength(2 * text.length);
    expect(await refusal(unpack(Buffer.concat([one, Buffer.alloc(3)])))).toMatch(/truncated/);
  });

  it('may have many blocks, and any check that the decoder knows', async () => {
    for (const check of ['none', 'crc32', 'crc64']) {
      const bytes = xz(mixed, `--check=${check}`, '--block-size=50000');
      expect((await unpack(bytes)).equals(mixed)).toBe(true);
    }
    expect((await unpack(xz(mixed, '-T2', '--block-size=50000'))).equals(mixed)).toBe(true);
  });

  it('is refused with what the decoder does not know', async () => {
    expect(await refusal(unpack(xz(text, '--check=sha256')))).toMatch(/check other than CRC-32 and CRC-64/);
    expect(await refusal(unpack(xz(text, '--x86', '--lzma2')))).toMatch(/filter that is not supported/);
    expect(await refusal(unpack(xz(text, '--delta', '--lzma2')))).toMatch(/filter that is not supported/);
  });
});

describe('zstd', () => {
  it.each([unzstdByScript, byDefault])(
    'may have frames that are skipped, wherever they stand',
    async (reader) => {
      const skip = skippableFrame(randomBytes(70_000));
      const bytes = Buffer.concat([skip, zstd(text), skippableFrame(Buffer.alloc(0)), zstd(text), skip]);
      for (const piece of [3, 1000, MIB]) {
        expect(await collect(reader(pieces(bytes, piece)))).toHaveLength(2 * text.length);
      }
      expect(await refusal(collect(reader(pieces(bytes.subarray(0, -1)))))).toMatch(/truncated/);
    },
  );

  it.each([unzstdByScript, byDefault])('may have any level, with and without a checksum', async (reader) => {
    for (const args of [
      ['-1'],
      ['-19'],
      ['--no-check'],
      ['-3', '--no-content-size'],
      ['--fast=5'],
      ['--rsyncable'],
    ]) {
      expect((await collect(reader(pieces(zstd(mixed, ...args))))).equals(mixed)).toBe(true);
    }
  });

  it('is refused when it needs a dictionary', async () => {
    const bytes = Buffer.from(zstd(text));
    bytes[4] = (bytes[4] ?? 0) | 1;
    expect(await refusal(unpack(bytes))).toMatch(/needs a dictionary, which is not supported/);
  });
});

describe('what is not compressed', () => {
  it('comes out as it went in', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('x'), mixed]) {
      expect((await unpack(bytes, 1000)).equals(bytes)).toBe(true);
    }
  });

  it('is refused when it is compressed in another way, which the error names', async () => {
    const marks: readonly [string, Buffer][] = [
      ['bzip2', Buffer.from('BZh91AY&SY')],
      ['lz4', Buffer.from([0x04, 0x22, 0x4d, 0x18])],
      ['lzip', Buffer.from('LZIP\u0001')],
      ['lzma', Buffer.from([0x5d, 0, 0, 0x80, 0])],
      ['compress', Buffer.from([0x1f, 0x9d, 0x90])],
    ];
    for (const [name, mark] of marks) {
      const bytes = Buffer.concat([mark, text]);
      expect(await refusal(unpack(bytes))).toBe(
        `the archive is compressed with ${name}; use gzip, zstd, xz or none`,
      );
    }
  });
});

describe('reading', () => {
  it('tells how much of the source was read', async () => {
    const bytes = gzip(mixed);
    const told: number[] = [];
    await unpack(bytes, 100_000, { onProgress: (packedBytes) => told.push(packedBytes) });
    expect(told.at(-1)).toBe(bytes.length);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  });

  it('stops with the reason when it is aborted', async () => {
    const controller = new AbortController();
    const reading = (async () => {
      for await (const _chunk of decompress(pieces(gzip(mixed), 1000), {
        ratio: RATIO,
        signal: controller.signal,
      })) {
        controller.abort(new Error('enough'));
      }
    })();
    await expect(reading).rejects.toThrow('enough');
  });
});
