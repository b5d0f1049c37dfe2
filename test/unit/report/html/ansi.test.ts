import { describe, expect, it } from 'vitest';
import { ansiToHtml } from '../../../../src/report/html/ansi.js';
import { ALL_ATTACKS } from './hostile.js';

const of = (text: string): string => ansiToHtml(text).text;
const ESC = '\u001b';

describe('ansiToHtml', () => {
  it.each([
    ['cursor movement', `a${ESC}[2Jb`, 'a<i>␛</i>[2Jb'],
    ['a title of the window', `${ESC}]0;x\u0007`, '<i>␛</i>]0;x<i>␇</i>'],
    ['a link', `${ESC}]8;;http://x${ESC}\\`, '<i>␛</i>]8;;http://x<i>␛</i>\\'],
    ['NUL, DEL and C1', '\u0000\u007f\u009b', '<i>␀</i><i>␡</i><i>\\u{9b}</i>'],
    ['a lone carriage return', '10 %\r20 %', '10 %<i>␍</i>20 %'],
    ['text that is reordered', '\u202egpj', '\\u{202e}gpj'],
    ['a lone surrogate', '\ud800', '\\u{d800}'],
    ['an unfinished sequence', `a${ESC}[31`, 'a<i>␛</i>[31'],
    ['a private sequence that ends like a colour', `${ESC}[?25m${ESC}[>4m`, '<i>␛</i>[?25m<i>␛</i>[&gt;4m'],
  ])('shows %s instead of doing what it says', (_, text, expected) => {
    expect(of(text)).toBe(expected);
  });

  it('escapes markup inside and outside of colours', () => {
    expect(of(`<b>${ESC}[31m<i>${ESC}[0m</script>`)).toBe(
      '&lt;b&gt;<span class="f1">&lt;i&gt;</span>&lt;/script&gt;',
    );
  });

  it.each([
    ['31', 'f1'],
    ['91', 'f9'],
    ['44', 'b4'],
    ['104', 'b12'],
    ['1;3;4;2', 'bold faint italic under'],
    ['38;5;196', 'f9'],
    ['38;5;9', 'f9'],
    ['38;5;240', 'f8'],
    ['48;2;0;0;255', 'b12'],
    ['38;5;999;1', 'f7 bold'],
    ['7', 'fi bi'],
    ['31;7', 'fi b1'],
    ['31;1;22', 'f1'],
    ['31;39;1', 'bold'],
  ])('understands %s', (parameters, classes) => {
    expect(of(`${ESC}[${parameters}mx`)).toBe(`<span class="${classes}">x</span>`);
  });

  it.each(['', '0', '39', '99', '38', '38;9;1', '58', '1;0', ':::', ';;;'])(
    'takes %s for no style',
    (parameters) => {
      expect(of(`${ESC}[${parameters}mx`)).toBe('x');
    },
  );

  it('keeps every element closed, whatever comes', () => {
    const text = of(`${ESC}[1m${ALL_ATTACKS}${ESC}[32m${ALL_ATTACKS}`);
    const tags = text.match(/<[^>]*>/g) ?? [];
    const unknown = tags.filter((tag) => !/^<(?:span class="[a-z0-9 ]+"|\/span|i|\/i)>$/.test(tag));
    expect(unknown).toEqual([]);
    expect(tags.filter((tag) => tag.startsWith('<span'))).toHaveLength(
      tags.filter((tag) => tag === '</span>').length,
    );
  });

  it('takes time in proportion to the text', () => {
    const began = performance.now();
    ansiToHtml(`${ESC}[`.repeat(200_000));
    ansiToHtml(`${ESC}[38;5;1m`.repeat(50_000));
    ansiToHtml(`${ESC}[${'1;'.repeat(200_000)}m`);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
