import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import {
  DEFAULT_QUOTA,
  unpackLayer,
  type WritableEntry,
  writeTar,
} from '../../../../src/image/archive/index.js';
import {
  collect,
  gzip,
  pieces,
  RecordingTree,
  sign,
  type TarEntry,
  tarOf,
  xz,
  zstd,
} from '../../../support/archives/index.js';

const name = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 60 })
  .map((text) => text.replaceAll(/[/\0]/g, '_'))
  .filter((text) => text !== '.' && text !== '..' && !text.startsWith('.wh.'));

const attributes = fc.record({
  mode: fc.nat({ max: 0o7777 }),
  uid: fc.nat({ max: 65534 }),
  gid: fc.nat({ max: 65534 }),
  mtime: fc.integer({ min: -1000, max: 2 ** 36 }),
});

/** Everything in one directory, but with long ways to some of it. */
const tree = fc.uniqueArray(
  fc.record({
    name,
    below: fc.boolean(),
    attributes,
    what: fc.oneof(
      fc.uint8Array({ maxLength: 1500 }),
      fc.constant('directory' as const),
      fc
        .string({ unit: 'binary', minLength: 1, maxLength: 200 })
        .map((target) => ({ target: target.replaceAll('\0', '_') })),
    ),
  }),
  { selector: (entry) => `${entry.below}${entry.name}`, maxLength: 20 },
);

const DEEP = `${'deep-'.repeat(30)}/${'way-'.repeat(20)}`;

interface Sketch {
  readonly name: string;
  readonly below: boolean;
  readonly attributes: {
    readonly mode: number;
    readonly uid: number;
    readonly gid: number;
    readonly mtime: number;
  };
  readonly what: Uint8Array | 'directory' | { readonly target: string };
}

function entryOf({ name: last, below, attributes: common, what }: Sketch): WritableEntry {
  const entry = { path: below ? `${DEEP}/${last}` : `d/${last}`, ...common };
  if (what === 'directory') return { ...entry, type: 'directory' };
  if (what instanceof Uint8Array) return { ...entry, type: 'file', size: what.length, content: [what] };
  return { ...entry, type: 'symlink', target: what.target };
}

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

function toldOf(entry: WritableEntry): string {
  const { type, path, mode = 0, uid = 0, gid = 0, mtime = 0 } = entry;
  const where = `${type} ${latin1(path)}`;
  if (entry.type === 'symlink') return `${where} ${uid}:${gid} @${mtime} -> ${latin1(entry.target)}`;
  const common = `${where} ${mode.toString(8)} ${uid}:${gid} @${mtime}`;
  return entry.type === 'file' ? `${common} ${entry.size}` : common;
}

/** Whether the bytes were taken as an archive; anything but that, and a refusal, fails. */
async function isTaken(bytes: Uint8Array, piece: number): Promise<boolean> {
  const recorder = new RecordingTree(3);
  try {
    const quota = { ...DEFAULT_QUOTA, bytes: 1024 * 1024 };
    await unpackLayer(pieces(bytes, piece), recorder, { quota });
  } catch (error) {
    expect(error).toMatchObject({ name: 'HotcellError', code: 'bad-archive' });
    expect(recorder).toMatchObject({ ended: false, aborted: true });
    return false;
  }
  expect(recorder.ended).toBe(true);
  return true;
}

const SAMPLE: readonly TarEntry[] = [
  { name: './', type: '5' },
  { name: './etc/', type: '5' },
  { name: './etc/passwd', body: 'root:x:0:0::/:/bin/sh\n' },
  { name: './long', longName: `./${'n'.repeat(120)}/f`, body: 'x'.repeat(600) },
  { name: './pax', pax: { path: './päx', mtime: '1.5', 'SCHILY.xattr.user.k': 'v', size: '3' }, body: 'abc' },
  { name: './l', type: '2', link: '../../etc/shadow' },
  { name: './h', type: '1', link: './etc/passwd' },
  { name: './etc/.wh.shadow' },
  { name: './etc/.wh..wh..opq' },
  { name: './null', type: '3' },
];
const sample = tarOf(SAMPLE);

const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 6 });

function flipped(bytes: Buffer, changes: readonly (readonly [number, number])[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const [at, bits] of changes) copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ bits;
  return copy;
}

/** So that what was changed is looked at, and not only its checksum. */
function resigned(archive: Buffer): Buffer {
  for (let at = 0; at + 512 <= archive.length; at += 512) {
    const block = archive.subarray(at, at + 512);
    if (block.includes('ustar')) sign(block);
  }
  return archive;
}

describe('archives', () => {
  it.prop({ tree }, { numRuns: 150 })('of any tree come out as they went in', async ({ tree: entries }) => {
    const written = entries.map(entryOf);
    const bytes = await collect(writeTar(written));
    expect((await collect(writeTar(written))).equals(bytes)).toBe(true);
    const recorder = new RecordingTree(5);
    const report = await unpackLayer(pieces(bytes, 700), recorder, { quota: DEFAULT_QUOTA });
    const made = recorder.told.filter((line) => line !== 'end' && !line.startsWith('times '));
    const implied = made.filter(
      (line) => line.endsWith(' 755 0:0 @0') && !written.some((entry) => toldOf(entry) === line),
    );
    expect(made.filter((line) => !implied.includes(line))).toEqual(written.map(toldOf));
    for (const entry of written) {
      if (entry.type !== 'file') continue;
      expect(
        recorder.contents
          .get(latin1(entry.path))
          ?.equals(Buffer.concat([...(entry.content as Uint8Array[])])),
      ).toBe(true);
    }
    expect(report.bytes).toBe(
      written.reduce((sum, entry) => sum + (entry.type === 'file' ? entry.size : 0), 0),
    );
  });

  it.prop({ flips, piece: fc.integer({ min: 1, max: 2000 }) }, { numRuns: 400 })(
    'with changed bits are taken or refused, and do nothing outside',
    async ({ flips: changes, piece }) => {
      await isTaken(flipped(sample, changes), piece);
    },
  );

  it.prop({ flips, piece: fc.integer({ min: 100, max: 2000 }) }, { numRuns: 1500 })(
    'with changed bits and right checksums are taken or refused, and do nothing outside',
    async ({ flips: changes, piece }) => {
      await isTaken(resigned(flipped(sample, changes)), piece);
    },
  );

  it.prop({ length: fc.nat({ max: sample.length - 1 }), piece: fc.integer({ min: 1, max: 5000 }) })(
    'that are truncated are refused',
    async ({ length, piece }) => {
      expect(await isTaken(sample.subarray(0, length), piece)).toBe(false);
    },
  );

  const hostile = fc.record({
    name: fc
      .array(
        fc.constantFrom('a', 'b', 'etc', 'passwd', '..', '.', '', '.wh.', '.wh.a', '.wh..wh..opq', 'x\n'),
        { minLength: 1, maxLength: 5 },
      )
      .map((parts) => parts.join('/')),
    type: fc.constantFrom('0', '\0', '1', '2', '3', '5', '6', 'x', 'L', 'g', 'S', '7'),
    link: fc.constantFrom('', 'a', 'a/b', '..', '/', '/etc/passwd', '../../x', '.wh.a', 'b'),
    body: fc.constantFrom('', 'x', '10 path=..\n', '19 path=../../etc/x\n', 'a\0'),
  });

  it.prop({ entries: fc.array(hostile, { maxLength: 12 }) }, { numRuns: 1500 })(
    'of hostile entries are taken or refused, and do nothing outside',
    async ({ entries }) => {
      await isTaken(
        tarOf(entries.map((entry) => ({ ...entry, link: '12'.includes(entry.type) ? entry.link : '' }))),
        4096,
      );
    },
  );
});

describe('compressed archives', () => {
  const packed = { gzip: gzip(sample), xz: xz(sample), zstd: zstd(sample) } as const;

  it.prop({ flips, format: fc.constantFrom('gzip', 'xz', 'zstd' as const) }, { numRuns: 300 })(
    'with changed bits are taken or refused, and do nothing outside',
    async ({ flips: changes, format }) => {
      await isTaken(flipped(packed[format], changes), 100);
    },
  );

  it.prop({
    part: fc.double({ min: 0, max: 0.999, noNaN: true }),
    format: fc.constantFrom('gzip', 'xz', 'zstd' as const),
  })('that are truncated are refused', async ({ part, format }) => {
    expect(await isTaken(packed[format].subarray(0, Math.floor(part * packed[format].length)), 100)).toBe(
      false,
    );
  });
});
