import { describe, expect, test } from 'vitest';
import { compare } from '../../../src/judge/compare/index.js';
import type { CompareMode } from '../../../src/spec/index.js';
import { difference } from './support.js';

const MIB = 1024 ** 2;

/** Far above what it takes on a busy machine, far below what anything that grows with the square would. */
const BOUND_MS = 20_000;

const options = (mode: CompareMode, tolerance = 1e-6) => ({
  compare: mode,
  tolerance,
  flags: '',
  budget: { leftMs: 5000 },
});

interface Compared {
  readonly mode: CompareMode;
  readonly expected: Buffer | string;
  readonly actual: Buffer | string;
  readonly tolerance?: number;
}

/** The reason, or whether they are the same. */
function compared({ mode, expected, actual, tolerance }: Compared): string {
  const startedAt = performance.now();
  const found = compare(Buffer.from(expected), Buffer.from(actual), options(mode, tolerance));
  expect(performance.now() - startedAt).toBeLessThan(BOUND_MS);
  if (found === null) return 'same';
  return found.kind === 'reason' ? found.reason : 'different';
}

describe('json', () => {
  const json = (actual: Buffer | string, expected: Buffer | string = '1'): string =>
    compared({ mode: 'json', expected, actual });

  test.each([
    ['numbers', '0,'],
    ['lists', '[],'],
    ['objects', '{},'],
  ])('fails for more %s than memory may hold', (_name, item) => {
    const list = Buffer.from(`[${item.repeat(2_000_000)}0]`);
    const problem = 'too large to be compared as json: more than 2,000,000 values';
    expect(json(list)).toBe(`what was written is ${problem}`);
    expect(json('1', list)).toBe(`what was expected is ${problem}`);
  });

  test('takes as many values as it says', () => {
    const list = `[${'0,'.repeat(1_999_998)}0]`;
    expect(json(`${list}\n`, list)).toBe('same');
  }, 60_000);

  test('fails for more bytes than it says, be they blanks', () => {
    const most = Buffer.alloc(32 * MIB, ' ');
    most[0] = '1'.charCodeAt(0);
    expect(json(most)).toBe('same');
    expect(json(Buffer.concat([most, Buffer.from(' ')]))).toBe(
      `what was written is too large to be compared as json: ${32 * MIB + 1} bytes, at most 32MiB`,
    );
  });

  test.each([
    ['a string', '"', 'a', '"'],
    ['escapes', '"', '\\n', '"'],
    ['digits', '1', '2', ''],
    ['a fraction', '0.', '9', ''],
    ['zeros of an exponent', '1e', '0', '1'],
    ['nested lists', '', '[', ''],
  ])('is bounded by %s without end', (_name, before, middle, after) => {
    expect(json(`${before}${middle.repeat((16 * MIB) / middle.length)}${after}`)).not.toBe('same');
  });

  test('finds the line of a mistake behind millions of them', () => {
    expect(json(`${'\n'.repeat(16 * MIB)}  x`)).toContain(`at line ${16 * MIB + 1}, column 3`);
    expect(json('\n\n1\n\n2\n\n')).toContain('at line 5, column 1');
  });
});

describe('float', () => {
  const float = (expected: Buffer | string, actual: Buffer | string, tolerance?: number): string =>
    compared({ mode: 'float', expected, actual, ...(tolerance === undefined ? {} : { tolerance }) });

  test.each([
    ['digits', '1'.repeat(MIB)],
    ['digits of a fraction', `1.${'1'.repeat(MIB)}`],
    ['digits of an exponent', `1e${'1'.repeat(MIB)}`],
    ['zeros', '0'.repeat(MIB)],
  ])('takes a million %s before a letter for text at once', (_name, digits) => {
    const startedAt = performance.now();
    expect(float('1', `${digits}x`)).toBe('different');
    expect(float('1', `${digits.slice(0, 4090)}x`)).toBe('different');
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  test('takes many words that are nearly numbers for text at once', () => {
    const words = (last: string): string => `${`${'1'.repeat(4000)}x `.repeat(2000)}${last}`;
    expect(float(words('1'), ` ${words('2')}`)).toBe('different');
  });

  test.each([308, 309, 400, 4095, 4096, 4097, 15_000_000])('takes %i digits for no infinity', (digits) => {
    for (const sign of ['', '-']) {
      const finite = `${sign}${'9'.repeat(digits)}`;
      for (const infinite of [`${sign}inf`, `${sign}Infinity`]) {
        expect(float(infinite, finite)).toBe('different');
        expect(float(finite, infinite)).toBe('different');
        expect(float(finite, infinite, 0)).toBe('different');
      }
    }
  });

  test.each(['1e309', '1e99999', '1e+0000400', `1e${'9'.repeat(100)}`, '.1e311'])(
    'takes %s, which overflows, for its own text',
    (finite) => {
      expect(float(finite, ` ${finite}`)).toBe('same');
      expect(float(finite, `${finite.replace('1e', '1.e')}`)).toBe('different');
      expect(float('inf', finite)).toBe('different');
      expect(float(finite, 'inf')).toBe('different');
    },
  );

  test('fails for more bytes than it says, unless they are the same', () => {
    const many = Buffer.alloc(64 * MIB + 4, '1.0 ');
    const other = Buffer.from(many);
    other[0] = '2'.charCodeAt(0);
    expect(float(many, many)).toBe('same');
    expect(float(many, other)).toBe(
      `too large to be compared as float: ${64 * MIB + 4} bytes, at most 64MiB`,
    );
  });

  test('fails for more numbers that take long than it says', () => {
    const bytes = 4 * 4_000_001;
    const reason = 'too much to be compared as float: more than 4,000,000 numbers';
    expect(float(Buffer.alloc(bytes, '1e0 '), Buffer.alloc(bytes, '1E0 '))).toContain(reason);
    expect(float(Buffer.alloc(bytes - 4, '1e0 '), Buffer.alloc(bytes - 4, '1E0 '))).toBe('same');
    expect(float(Buffer.alloc(bytes, '1.0 '), Buffer.alloc(bytes, '1.  '))).toBe('same');
  }, 60_000);

  test.each([
    ['digits', `${'1'.repeat(4000)}e-3999 `],
    ['zeros of an exponent', `1e-${'0'.repeat(4000)}9 `],
    ['an exponent', `0e-${'9'.repeat(4000)} `],
  ])('without tolerance takes time in proportion to %s', (_name, word) => {
    const words = word.repeat(1000);
    expect(float(words, words.toUpperCase(), 0)).toBe('same');
  });

  test('without tolerance takes no two exponents without end for the same', () => {
    const words = (digit: string): string => `1e-${'9'.repeat(4000)}${digit} `.repeat(1000);
    expect(float(words('1'), words('2'), 0)).toBe('different');
  });
});

describe('a difference', () => {
  test.each(['exact', 'lines', 'tokens', 'trim'] as const)(
    'in 64 MiB by %s is shown at once',
    async (mode) => {
      for (const filling of [' ', '\n', 'x', ' \n']) {
        const expected = Buffer.alloc(64 * MIB, filling);
        const actual = Buffer.from(expected);
        expected[0] = 'a'.charCodeAt(0);
        actual[0] = 'b'.charCodeAt(0);
        const startedAt = performance.now();
        const found = await difference(expected, actual, { compare: mode });
        expect(performance.now() - startedAt).toBeLessThan(BOUND_MS);
        expect(found).toMatchObject({ line: 1, column: 1 });
      }
    },
    90_000,
  );

  test('shows spaces at the end of a long line', async () => {
    const line = (end: string): string => `${'x'.repeat(200_000)}${end}\n`;
    expect((await difference(line('  '), line(' ')))?.expected).toMatch(/x··⏎$/);
  });
});
