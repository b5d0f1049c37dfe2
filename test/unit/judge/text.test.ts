import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CompareMode } from '../../../src/spec/index.js';
import { type Bytes, difference } from './support.js';

type Row = readonly [name: string, expected: Bytes, actual: Bytes, place: readonly [number, number] | null];

/** `place` is line and column where they part; null where they are the same. */
const table = (compare: CompareMode, rows: readonly Row[]) =>
  describe(compare, () => {
    test.each(rows)('%s', async (_name, expected, actual, place) => {
      const found = await difference(expected, actual, { compare });
      expect(found === null ? null : [found.line, found.column]).toEqual(place);
    });
  });

table('exact', [
  ['nothing is nothing', '', '', null],
  ['the same bytes are the same', 'a\r\n\0é', 'a\r\n\0é', null],
  ['a missing newline counts', '3\n', '3', [1, 2]],
  ['a newline too many counts', '3', '3\n', [1, 2]],
  ['a carriage return counts', 'a\nb\n', 'a\r\nb\n', [1, 2]],
  ['something instead of nothing counts', '', 'x', [1, 1]],
  ['nothing instead of something counts', 'x', '', [1, 1]],
  ['a place is counted in characters', 'äöü1\n', 'äöü2\n', [1, 4]],
  ['a place is that of the character, not of its byte', 'aé\n', 'aè\n', [1, 2]],
  ['bytes that are no UTF-8 count', Uint8Array.of(0xff), Uint8Array.of(0xfe), [1, 1]],
  ['a byte order mark counts', 'x', '\ufeffx', [1, 1]],
  ['lines are counted', 'a\nb\nc\nd', 'a\nb\nc\ne', [4, 1]],
]);

table('trim', [
  ['white space at both ends does not count', ' \n\ta b\r\n', 'a b', null],
  ['white space alone is nothing', '', ' \n\t\r\v\f', null],
  ['white space within counts', 'a b', 'a  b', [1, 3]],
  ['a place is that in what was written', 'a\nb', '\n\na\nc\n', [4, 1]],
  ['a no-break space is no white space', 'a', 'a\u00a0', [1, 2]],
]);

table('lines', [
  ['white space at the end of lines does not count', 'a\nb\n', 'a \t\r\nb', null],
  ['empty lines at the end do not count', 'a', 'a\n\n \n\t\n', null],
  ['white space at the start of a line counts', 'a\nb', 'a\n b', [2, 1]],
  ['an empty line within counts', 'a\nb', 'a\n\nb', [2, 1]],
  ['a missing line counts', 'a\nb\nc', 'a\nb\n', [3, 1]],
  ['a line too many counts', 'a\n', 'a\nb\n', [2, 1]],
  ['what follows white space is not at the end', 'a b', 'a  b', [1, 3]],
  ['a line that goes on counts', 'a\n', 'ab\n', [1, 2]],
  ['nothing but empty lines is nothing', '', '\n\n\n', null],
]);

table('tokens', [
  ['the white space between words does not count', '1 2\n3', '\n1\t2   3\r\n', null],
  ['a different word counts', '1 2 3', '1 2 4', [1, 5]],
  ['a word that goes on counts', '12 3', '123', [1, 3]],
  ['a missing word counts', '1 2 3', '1 2\n', [2, 1]],
  ['a word too many counts', '1 2', '1 2\n 3', [2, 2]],
  ['nothing and white space are the same', '', '  \n', null],
  ['numbers are words', '1.0', '1', [1, 2]],
]);

describe('float', () => {
  const float = (expected: string, actual: string, tolerance = 1e-6) =>
    difference(expected, actual, { compare: 'float', tolerance });

  test.each([
    ['1', '1.0000009'],
    ['1000000', '1000000.9'],
    ['-5', '-5.000001'],
    ['.5', '+0.5'],
    ['5.', '5'],
    ['1e3', '1000.0'],
    ['1E-3', '0.001'],
    ['0', '-0'],
    ['0.1', '0.100000000000000000000000000000000000001'],
    ['nan', 'NaN'],
    ['inf', 'Infinity'],
    ['-inf', '-INF'],
    ['x 1 y', 'x 1.0 y'],
    ['1e308', '1.0000001e308'],
  ])('%s is about %s', async (expected, actual) => {
    expect(await float(expected, actual)).toBeNull();
  });

  test.each([
    ['1', '1.00001'],
    ['0', '0.00001'],
    ['1', '-1'],
    ['nan', '1'],
    ['1', 'nan'],
    ['nan', 'inf'],
    ['inf', '-inf'],
    ['inf', '1e308'],
    ['1', 'inf'],
    ['-inf', '-1e308'],
    ['1', 'one'],
    ['1', '1x'],
    ['1', '0x1'],
    ['16', '0x10'],
    ['1000', '1_000'],
    ['1', '1,0'],
    ['1', '--1'],
    ['0', '-'],
    ['0', '.'],
    ['0', '+'],
    ['1', ''],
    ['1', '1e'],
    ['1', '1.0.0'],
    ['x', 'X'],
    ['1e400', '1e401'],
    ['1e400', '1e500'],
    ['-1e400', '-1e500'],
    ['inf', '1e400'],
    ['1e400', 'inf'],
  ])('%s is not %s', async (expected, actual) => {
    expect(await float(expected, actual)).not.toBeNull();
  });

  test('takes what is too long for a number as text', async () => {
    for (const long of ['9'.repeat(400), `0.${'1'.repeat(2 ** 20)}`]) {
      expect(await float(long, long)).toBeNull();
      expect(await float(long, `${long}1`)).not.toBeNull();
    }
  });

  test('takes no error when the tolerance is 0', async () => {
    expect(await float('0.1', '0.10', 0)).toBeNull();
    expect(await float('0.1', '0.1000000000000001', 0)).not.toBeNull();
  });

  test.each([
    ['10000000000000000000', '1e19'],
    ['10000000000000000000', '+010000000000000000000.000'],
    ['0.00', '-0e99999'],
    ['123.4500', '.12345E+3'],
    ['5e-400', '0.5e-399'],
    ['nan', 'NAN'],
    ['-inf', '-infinity'],
    ['1e00000000000000000000000000000001', '10'],
  ])('takes %s for %s when the tolerance is 0', async (expected, actual) => {
    expect(await float(expected, actual, 0)).toBeNull();
    expect(await float(actual, expected, 0)).toBeNull();
  });

  test.each([
    ['10000000000000000000', '10000000000000000001'],
    ['0.1', '0.10000000000000000000001'],
    ['9007199254740993', '9007199254740992'],
    ['1e-400', '0'],
    ['1e-400', '1e-500'],
    ['1e-400', '-1e-400'],
    ['1e-99999999999999999999999', '0'],
    ['nan', '-inf'],
  ])('does not take %s for %s when the tolerance is 0', async (expected, actual) => {
    expect(await float(expected, actual, 0)).not.toBeNull();
    expect(await float(actual, expected, 0)).not.toBeNull();
  });

  test('is exact for any two decimals when the tolerance is 0', async () => {
    const digits = fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n });
    const property = fc.asyncProperty(digits, fc.bigInt({ min: -2n, max: 2n }), async (value, more) => {
      const found = await float(`${value}`, `${value + more}.0`, 0);
      expect(found === null).toBe(more === 0n);
    });
    await fc.assert(property, { numRuns: 500 });
  });
});
