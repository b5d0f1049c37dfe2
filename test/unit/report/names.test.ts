import { describe, expect, it } from 'vitest';
import { parseReporterSpec, parseReporterSpecs } from '../../../src/report/index.js';

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
});
