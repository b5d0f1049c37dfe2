import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMs, HotcellError, parseDurationMs } from '../../../src/core/index.js';
import { isOneLine, resultOf } from './support.js';

describe('parseDurationMs', () => {
  it.each([
    ['500ms', 500],
    ['2s', 2000],
    ['1m30s', 90_000],
    ['1h', 3_600_000],
    ['1h30m', 5_400_000],
    ['1d', 86_400_000],
    ['250us', 0.25],
    ['1.5s', 1500],
    ['0.5h', 1_800_000],
    ['2m0s', 120_000],
    ['1s500ms', 1500],
    ['1d2h3m4s5ms', 93_784_005],
  ])('reads %s as %d ms', (text, ms) => {
    expect(parseDurationMs(text)).toBeCloseTo(ms, 9);
  });

  it.each([
    ...[
      '',
      ' ',
      's',
      'ms',
      '5',
      '1.5',
      '-1s',
      '+1s',
      '1e3s',
      '0x1s',
      '1 s',
      ' 1s',
      '1s ',
      '1s\n',
      '1S',
      '1min',
      '1hour',
    ],
    ...['30s1m', '1s1s', '1m 30s', '1:30', '.5s', '1.s', 'NaN', 'Infinitys', '१s', 'none', '1µs', '1\0s'],
    ...['0s', '0ms', '0m0s', '999999999999999d', `${'9'.repeat(400)}s`],
  ])('refuses %j', (text) => {
    expect(() => parseDurationMs(text)).toThrow(
      expect.objectContaining({ name: 'HotcellError', code: 'invalid-spec' }),
    );
  });

  it('says what is wrong and what is right', () => {
    expect(() => parseDurationMs('5')).toThrow('"5" has no unit; write "5ms" or "5s"');
    expect(() => parseDurationMs('0s')).toThrow('"0s" is zero; a duration must be longer');
    expect(() => parseDurationMs('2 s')).toThrow(/^"2 s" is not a duration; use .*"1m30s"$/);
  });

  it('returns a positive number or throws HotcellError', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        const ms = resultOf(() => parseDurationMs(text));
        expect(ms instanceof HotcellError ? isOneLine(ms) : Number.isFinite(ms) && ms > 0).toBe(true);
      }),
    );
  });
});

describe('formatMs', () => {
  it.each([
    [0, '0ms'],
    [0.0004, '0.4us'],
    [0.25, '250us'],
    [0.9996, '1ms'],
    [0.912, '912us'],
    [1.254, '1.25ms'],
    [999.999, '1s'],
    [2000, '2s'],
    [2012, '2.01s'],
    [59_999, '1m'],
    [90_000, '1m30s'],
    [3_600_000, '1h'],
    [93_784_005, '26h3m4s'],
    [-5, '-5ms'],
    [Number.POSITIVE_INFINITY, 'Infinityms'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });

  it('is read back to within one percent', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1e12, noNaN: true }), (ms) => {
        const back = parseDurationMs(formatMs(ms));
        expect(Math.abs(back - ms)).toBeLessThanOrEqual(Math.max(ms * 0.01, 0.0001));
      }),
    );
  });
});
