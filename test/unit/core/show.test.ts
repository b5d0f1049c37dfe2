import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote, show } from '../../../src/core/index.js';

describe('show', () => {
  it.each([
    ['text', '"text"'],
    ['a "b"', '"a \\"b\\""'],
    [5, '5'],
    [5n, '5n'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'undefined'],
    [Number.NaN, 'NaN'],
    [[1, 2], 'a list of 2'],
    [{ a: 1 }, 'an object'],
    [new Uint8Array(3), '3 bytes'],
    [() => 1, 'a function'],
    [Symbol('x'), 'a symbol'],
  ])('writes %o as %s', (value, text) => {
    expect(show(value)).toBe(text);
  });

  it('never calls into the value', () => {
    const trap = {
      toString: () => {
        throw new Error('called');
      },
    };
    expect(show(trap)).toBe('an object');
  });
});

describe('quote', () => {
  it('shortens and says how long it was', () => {
    expect(quote('x'.repeat(5000))).toBe(`"${'x'.repeat(60)}…" (5000 characters)`);
  });

  it.each(['\u001b[31m', '\0', '\n', '\u202e', '\u2028', '\u009b', '\ud800', '\u007f', '\u200b'])(
    'escapes %j',
    (text) => {
      expect(quote(text)).toMatch(/^"[\x20-\x7e]+"$/);
    },
  );

  it('is one line that no terminal acts on', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(quote(text)).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
