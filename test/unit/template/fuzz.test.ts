import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HotcellError } from '../../../src/core/index.js';
import { compileTemplate } from '../../../src/template/index.js';

const WORDS = [
  '{{',
  '}}',
  '{{-',
  '-}}',
  '/*',
  '*/',
  ' ',
  '.',
  '.A',
  '.B.C',
  '$',
  '$x',
  ':=',
  '=',
  ',',
  '|',
  '(',
  ')',
  '"a"',
  '`',
  "'",
  '"',
];
const KEYWORDS = [
  'if',
  'else',
  'end',
  'range',
  'with',
  'break',
  'continue',
  'nil',
  'true',
  'len',
  'index',
  'printf',
  '1',
  '-2',
  '\n',
  'x',
];

const DATA = { A: 'a', B: { C: [1, 'two', null] }, M: new Map([['k', 'v']]) };

describe('a template of any text', () => {
  it('renders, or says where it is wrong', () => {
    const piece = fc.oneof(fc.constantFrom(...WORDS, ...KEYWORDS), fc.string({ maxLength: 3 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          expect(typeof compileTemplate(pieces.join('')).render(DATA)).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(HotcellError);
          expect((error as Error).message).toMatch(/^template \d+:\d+: /);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('without braces is what it gives', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('{{'));
        expect(compileTemplate(text).render(DATA)).toBe(text);
      }),
    );
  });

  it('gives back any text in quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(compileTemplate(`{{${JSON.stringify(text)}}}`).render(DATA)).toBe(text);
      }),
    );
  });
});
