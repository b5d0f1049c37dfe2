import { describe, expect, it } from 'vitest';
import { caseFilter, parseLabelFilters, parseTitleFilter } from '../../../../src/cli/test/filter.js';
import { aCase, aSuite } from './support.js';

const suites = [
  aSuite(
    aCase('sum', 'small', { lang: 'c', level: '1' }),
    aCase('sum', 'Big', { lang: 'py', level: '1' }),
    aCase('product', null, { lang: 'c', level: '2' }),
  ),
];

function taken(filters: readonly string[], labels: readonly string[] = []): string[] {
  const filter = caseFilter(suites, filters.map(parseTitleFilter), parseLabelFilters(labels));
  const cases = suites.flatMap(({ name, cases: all }) => all.map((one) => ({ ...one, suite: name })));
  return cases.filter(filter ?? (() => true)).map((one) => one.case ?? one.job);
}

describe('--filter', () => {
  it.each([
    [[], ['small', 'Big', 'product']],
    [['big'], ['Big']],
    [['s › SUM'], ['small', 'Big']],
    [['/^s › sum › [a-z]+$/'], ['small']],
    [
      ['/BIG/i', 'product'],
      ['Big', 'product'],
    ],
    [['/m/g'], ['small', 'Big']],
    [['a/b'], []],
    [['nothing'], []],
  ])('%j', (filters, names) => {
    expect(taken(filters)).toEqual(names);
  });

  it('gives up an expression that does not come to an end', () => {
    const slow = [aSuite(aCase('a'.repeat(60)))];
    expect(() => caseFilter(slow, [parseTitleFilter('/^s › (a+)+$z/')], new Map())).toThrow(
      '--filter: "/^s › (a+)+$z/" takes too long; give a simpler expression',
    );
  }, 20_000);
});

describe('--label', () => {
  it.each([
    [['lang=c'], ['small', 'product']],
    [
      ['lang=c', 'lang=py'],
      ['small', 'Big', 'product'],
    ],
    [['lang=c', 'level=1'], ['small']],
    [['level'], ['small', 'Big', 'product']],
    [['lang='], []],
    [['toString'], []],
    [['__proto__'], []],
  ])('%j', (labels, names) => {
    expect(taken([], labels)).toEqual(names);
  });

  it('and --filter must both hold', () => {
    expect(taken(['sum'], ['lang=c'])).toEqual(['small']);
  });
});
