import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseReporterSpec, parseReporterSpecs } from '../../../src/report/index.js';
import { tempDir } from './support.js';

describe('a reporter on the command line', () => {
  it.each([
    ['junti', /"junti" is unknown; did you mean "junit"\?/],
    ['', /"" is unknown \(known are summary, json/],
    ['JUnit', /did you mean "junit"/],
    ['__proto__', /unknown/],
    ['junit=', /names no file after "="; write junit=FILE/],
    ['meta', /name their directory, as in meta=DIR/],
    ['meta=-', /name their directory/],
    ['json=a\0b', /NUL/],
    ['xml\u001b[2J', /unknown/],
  ])('refuses %j', (text, message) => {
    expect(() => parseReporterSpec(text)).toThrowError(
      expect.objectContaining({ code: 'invalid-usage', message: expect.stringMatching(message) }),
    );
  });

  it('takes a name alone, with a file, and with "-"', () => {
    expect(parseReporterSpec('junit')).toEqual({ name: 'junit', file: null });
    expect(parseReporterSpec('junit=-')).toEqual({ name: 'junit', file: null });
    expect(parseReporterSpec('json=a=b.json')).toEqual({ name: 'json', file: 'a=b.json' });
  });

  it('refuses two that write to one place', () => {
    expect(() => parseReporterSpecs(['tap', 'json'])).toThrowError(
      'reporters "tap" and "json" would both write to standard output',
    );
    expect(() => parseReporterSpecs(['junit=x', 'json=./x'])).toThrowError(/would both write to "\.\/x"/);
    expect(parseReporterSpecs(['tap', 'json=x', 'csv=y'])).toHaveLength(3);
  });

  it.each([
    ['a link to a file', 't', 'link'],
    ['a link to what is missing', 'new', 'dangling'],
    ['a hard link', 't', 'hard'],
    ['a linked directory', 'd/new', 'linked/new'],
    ['a linked directory, and one in it that is missing', 'd/e/new', 'linked/e/new'],
  ])('refuses two that write to one place by way of %s', (_what, one, other) => {
    const directory = tempDir();
    const at = (name: string): string => join(directory, name);
    writeFileSync(at('t'), '');
    mkdirSync(at('d'));
    symlinkSync('t', at('link'));
    symlinkSync('new', at('dangling'));
    symlinkSync('d', at('linked'));
    linkSync(at('t'), at('hard'));
    const pairs = [
      [one, other],
      [other, one],
    ] as const;
    for (const [first, second] of pairs) {
      expect(() => parseReporterSpecs([`json=${at(first)}`, `html=${at(second)}`])).toThrowError(
        expect.objectContaining({
          code: 'invalid-usage',
          message: expect.stringContaining('would both write to'),
        }),
      );
    }
    expect(
      parseReporterSpecs([`json=${at('d/a')}`, `html=${at('linked/b')}`, `csv=${at('t')}`]),
    ).toHaveLength(3);
  });

  it('leaves links that lead in a circle to whoever opens them', () => {
    const file = join(tempDir(), 'circle');
    symlinkSync('circle', file);
    expect(parseReporterSpecs([`json=${file}`, 'html=x'])).toHaveLength(2);
  });
});
