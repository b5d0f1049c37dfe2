import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { difference } from './support.js';

const alphabet = fc.constantFrom('a', 'b', ' ', '\n', '\t', '\r', 'é', '1', '.');
const text = fc.string({ unit: alphabet, maxLength: 40 });

const same = async (expected: string, actual: string, compare: 'lines' | 'tokens' | 'trim' | 'exact') =>
  (await difference(expected, actual, { compare })) === null;

const WHITE = '[ \\t\\n\\v\\f\\r]';
const trimEnd = (line: string): string => line.replace(new RegExp(`${WHITE}+$`), '');

/** What each mode means, said in the plainest way. */
const MEANINGS = {
  exact: (value: string) => value,
  trim: (value: string) => trimEnd(value).replace(new RegExp(`^${WHITE}+`), ''),
  lines: (value: string) => value.split('\n').map(trimEnd).join('\n').replace(/\n+$/, ''),
  tokens: (value: string) =>
    value
      .split(new RegExp(WHITE))
      .filter((word) => word !== '')
      .join(' '),
} as const;

describe.each(Object.entries(MEANINGS))('%s', (mode, meaning) => {
  const compare = mode as keyof typeof MEANINGS;

  test('is what its definition says, for any two texts', async () => {
    const property = fc.asyncProperty(text, text, async (expected, actual) => {
      expect(await same(expected, actual, compare)).toBe(meaning(expected) === meaning(actual));
    });
    await fc.assert(property, { numRuns: 1000 });
  });

  test('is what its definition says, for texts that differ in little', async () => {
    const edit = fc.record({ at: fc.nat(40), insert: fc.option(alphabet, { nil: '' }) });
    const property = fc.asyncProperty(text, edit, async (expected, { at, insert }) => {
      const actual = expected.slice(0, at) + insert + expected.slice(at + (insert === '' ? 1 : 0));
      expect(await same(expected, actual, compare)).toBe(meaning(expected) === meaning(actual));
    });
    await fc.assert(property, { numRuns: 1000 });
  });
});

describe('a difference', () => {
  const anyBytes = fc.uint8Array({ maxLength: 300 });

  test('is at the first byte that is not the same, in lines and characters', async () => {
    const property = fc.asyncProperty(text, text, async (expected, actual) => {
      const found = await difference(expected, actual);
      if (expected === actual) return;
      let at = 0;
      while (at < expected.length && expected[at] === actual[at]) at++;
      const lines = actual.slice(0, at).split('\n');
      expect([found?.line, found?.column]).toEqual([lines.length, (lines.at(-1) ?? '').length + 1]);
    });
    await fc.assert(property, { numRuns: 1000 });
  });

  test('of any bytes is short, and holds no character that is not seen', async () => {
    const modes = fc.constantFrom('exact', 'trim', 'lines', 'tokens', 'float', 'json', 'matches');
    const property = fc.asyncProperty(anyBytes, anyBytes, modes, async (expected, actual, compare) => {
      const found = await difference(expected, actual, { compare: compare as 'exact' });
      const { text: shown = '', expected: wanted = '', actual: given = '' } = found ?? {};
      expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(4096);
      expect(shown.replaceAll('\n', '') + (wanted ?? '') + (given ?? '')).not.toMatch(/\p{C}|\p{Zl}|\p{Zp}/u);
    });
    await fc.assert(property, { numRuns: 1000 });
  });
});

describe('json', () => {
  test('takes any value written in another way, and no other value', async () => {
    const json = (expected: unknown, actual: string) =>
      difference(JSON.stringify(expected), actual, { compare: 'json' });
    const property = fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (one, other) => {
      expect(await json(one, JSON.stringify(one, null, 3))).toBeNull();
      const isSame = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
      expect((await json(one, JSON.stringify(other))) === null).toBe(isSame);
    });
    await fc.assert(property, { numRuns: 500 });
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, item]) => [key, sorted(item)]).concat([['{}']]);
}
