import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { Reader, Writer } from '../../../src/launcher/wire.js';
import { codeOf } from './support.js';

const u32 = fc.nat(0xff_ff_ff_ff);
const u64 = fc.nat(Number.MAX_SAFE_INTEGER);
const words = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));

describe('Writer', () => {
  test('writes little-endian numbers and strings that end in NUL, with their length', () => {
    const bytes = new Writer(1).u32(0x01_02_03_04).u64(5).string('ä').bytes(Uint8Array.of(9)).finish();
    expect(Buffer.from(bytes).toString('hex')).toBe(
      '04030201' + '0500000000000000' + '03000000c3a400' + '0100000009',
    );
  });

  test('writes the largest number, which stands for "unlimited"', () => {
    expect(Buffer.from(new Writer().u64(2n ** 64n - 1n).finish()).toString('hex')).toBe('ff'.repeat(8));
  });

  test.each(['\0', 'a\0', '\0b', 'a\0b'])('refuses a NUL: %j', (text) => {
    expect(codeOf(() => new Writer().string(text))).toBe('internal');
  });

  test('writes the size of something before it', () => {
    const bytes = new Writer(0).sized((to) => to.u32(1).u32(2)).finish();
    expect(bytes.toString('hex')).toBe('08000000' + '0100000002000000');
  });

  test('gives what stays as it is when more is written', () => {
    const writer = new Writer().u32(1);
    const bytes = writer.finish();
    writer.clear(4);
    writer.u32(2);
    expect([bytes, writer.finish()].map((one) => one.readUInt32LE())).toEqual([1, 2]);
  });

  test('knows its size while it grows', () => {
    const writer = new Writer(0);
    for (let i = 1; i <= 100; i++) expect(writer.u32(i).size).toBe(4 * i);
  });
});

describe('Reader', () => {
  test.prop([fc.array(fc.tuple(u32, u64, words)), fc.uint8Array()])(
    'reads what Writer wrote',
    (rows, end) => {
      const writer = new Writer(0);
      for (const [a, b, text] of rows) writer.u32(a).u64(b).string(text);
      const reader = new Reader(Buffer.from(writer.raw(end).finish()));
      for (const row of rows) expect([reader.u32(), reader.u64(), reader.string()]).toEqual(row);
      expect(reader.left).toBe(end.byteLength);
      expect([...reader.rest()]).toEqual([...end]);
    },
  );

  test('gives the bytes of a string that is not UTF-8 as they are', () => {
    const reader = new Reader(Buffer.from([3, 0, 0, 0, 0xff, 0xfe, 0]));
    expect([...reader.text()]).toEqual([0xff, 0xfe]);
  });

  test('never gives a byte that is not there', () => {
    expect(new Reader(Buffer.from([0, 0, 0, 0])).text()).toHaveLength(0);
    for (const size of [0, 3])
      expect(codeOf(() => new Reader(Buffer.alloc(size)).u32())).toBe('protocol-error');
    for (const size of [0, 7])
      expect(codeOf(() => new Reader(Buffer.alloc(size)).u64())).toBe('protocol-error');
    expect(codeOf(() => new Reader(Buffer.from([4, 0, 0, 0, 65, 0])).string())).toBe('protocol-error');
    expect(codeOf(() => new Reader(Buffer.from([0xff, 0xff, 0xff, 0xff, 65])).text())).toBe('protocol-error');
  });
});
