import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes, HotcellError, parseBytes } from '../../../src/core/index.js';
import { isOneLine, resultOf } from './support.js';

const KIB = 1024;

describe('parseBytes', () => {
  it.each([
    ['1', 1],
    ['4096', 4096],
    ['17b', 17],
    ['17B', 17],
    ['64k', 64 * KIB],
    ['64K', 64 * KIB],
    ['64m', 64 * KIB ** 2],
    ['1g', KIB ** 3],
    ['2T', 2 * KIB ** 4],
    ['64KiB', 64 * KIB],
    ['64MiB', 64 * KIB ** 2],
    ['64mib', 64 * KIB ** 2],
    ['64 MiB', 64 * KIB ** 2],
    ['1.5GiB', 1.5 * KIB ** 3],
    ['0.5k', 512],
    ['10kB', 10_000],
    ['10MB', 10_000_000],
    ['1GB', 1_000_000_000],
    ['1TB', 1_000_000_000_000],
    ['1.0001k', 1024],
    ['007', 7],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('reads %s as %d', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it.each([
    ...[
      '',
      ' ',
      'm',
      'MiB',
      '-1',
      '+1',
      '-64m',
      '1e6',
      '0x10',
      '1_000',
      '1,5m',
      '.5m',
      '1.m',
      '1.5.5m',
      'NaN',
      'Infinity',
    ],
    ...[
      '64q',
      '64mm',
      '64mibb',
      '64ib',
      '64  m',
      ' 64m',
      '64m ',
      '64m\n',
      '64\0m',
      '6४m',
      '64µ',
      '50%',
      '64 m b',
      'none',
    ],
    ...[
      '0',
      '0m',
      '0.0GiB',
      '0.0001',
      '0.0001k',
      '9007199254740992',
      '8192TiB',
      '9999999999999999t',
      '1'.repeat(5000),
    ],
  ])('refuses %j', (text) => {
    expect(() => parseBytes(text)).toThrow(HotcellError);
    expect(() => parseBytes(text)).toThrow(expect.objectContaining({ code: 'invalid-spec' }));
  });

  it('says what is wrong and what is right', () => {
    expect(() => parseBytes('64q')).toThrow(/^"64q" is not a size; use .*"64MiB"$/);
    expect(() => parseBytes('0m')).toThrow('"0m" is zero; a size must be at least 1 byte');
    expect(() => parseBytes('8192TiB')).toThrow('"8192TiB" is too large; a size must be below 8192TiB');
  });

  it('returns a positive whole number or throws HotcellError', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        const bytes = resultOf(() => parseBytes(text));
        expect(
          bytes instanceof HotcellError ? isOneLine(bytes) : Number.isSafeInteger(bytes) && bytes > 0,
        ).toBe(true);
      }),
    );
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0B'],
    [17, '17B'],
    [1023, '1023B'],
    [1024, '1KiB'],
    [405_504, '396KiB'],
    [64 * KIB ** 2, '64MiB'],
    [1.5 * KIB ** 3, '1.5GiB'],
    [KIB ** 2 - 1, '1MiB'],
    [2000 * KIB ** 4, '2000TiB'],
    [-2048, '-2KiB'],
    [Number.NaN, 'NaNB'],
  ])('writes %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('is read back to within half a hundredth of its unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 52 }), (bytes) => {
        const back = parseBytes(formatBytes(bytes));
        expect(Math.abs(back - bytes)).toBeLessThanOrEqual(bytes * 0.005 + 1);
      }),
    );
  });

  it('is the inverse of parseBytes for whole units', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1023 }),
        fc.constantFrom('B', 'KiB', 'MiB', 'GiB', 'TiB'),
        (count, unit) => {
          expect(formatBytes(parseBytes(`${count}${unit}`))).toBe(`${count}${unit}`);
        },
      ),
    );
  });
});
