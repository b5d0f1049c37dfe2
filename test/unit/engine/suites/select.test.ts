import { describe, expect, it } from 'vitest';
import { select } from '../../../../src/engine/suites/select.js';
import { type Named, suiteOf } from './support.js';

const titles = (...args: Parameters<typeof select>): string[] =>
  select(...args).map(({ suite, case: item, repeat }) =>
    [suite.name, item.job, item.case ?? '', repeat].join('/'),
  );

const plain: Named[] = [
  { job: 'a', case: 'x' },
  { job: 'a', case: 'y' },
  { job: 'b', labels: { lang: 'c' } },
];

describe('select', () => {
  it('takes everything, in the order of the files', () => {
    expect(titles([suiteOf('s', plain), suiteOf('t', plain.slice(2))], {})).toEqual([
      's/a/x/1',
      's/a/y/1',
      's/b//1',
      't/b//1',
    ]);
  });

  it('takes what the filter takes', () => {
    expect(titles([suiteOf('s', plain)], { filter: ({ labels }) => labels.lang === 'c' })).toEqual([
      's/b//1',
    ]);
    expect(titles([suiteOf('s', plain)], { filter: ({ case: name }) => name === 'y' })).toEqual(['s/a/y/1']);
  });

  it('takes with a case all cases of the jobs that it needs, and of those that they need', () => {
    const suite = suiteOf('s', [
      { job: 'first', case: '1' },
      { job: 'first', case: '2' },
      { job: 'second', needs: ['first'] },
      { job: 'third', needs: ['second'] },
      { job: 'other' },
    ]);
    expect(titles([suite], { filter: ({ job }) => job === 'third' })).toEqual([
      's/first/1/1',
      's/first/2/1',
      's/second//1',
      's/third//1',
    ]);
  });

  it('repeats each case', () => {
    expect(titles([suiteOf('s', plain.slice(2))], { repeat: 3 })).toEqual(['s/b//1', 's/b//2', 's/b//3']);
  });

  it('gives every case to exactly one shard, of about one size', () => {
    const suite = suiteOf(
      's',
      Array.from({ length: 10 }, (_, index) => ({ job: `j${index}` })),
    );
    const shards = [1, 2, 3].map((index) => titles([suite], { shard: { index, count: 3 } }));
    expect(shards.map(({ length }) => length)).toEqual([4, 3, 3]);
    expect(new Set(shards.flat())).toEqual(new Set(titles([suite], {})));
  });

  it('keeps jobs that need each other in one shard', () => {
    const suite = suiteOf('s', [
      { job: 'a' },
      { job: 'b', case: '1', needs: ['a'] },
      { job: 'b', case: '2', needs: ['a'] },
      { job: 'c' },
      { job: 'd', needs: ['b'] },
    ]);
    const shards = [1, 2].map((index) => titles([suite], { shard: { index, count: 2 } }));
    expect(shards).toEqual([['s/a//1', 's/b/1/1', 's/b/2/1', 's/d//1'], ['s/c//1']]);
  });

  it.each([
    [0, 2],
    [3, 2],
    [1.5, 2],
    [1, 0],
  ])('refuses shard %d/%d', (index, count) => {
    expect(() => select([suiteOf('s', plain)], { shard: { index, count } })).toThrow(
      `shard ${index}/${count}: use I/N with I from 1 to N`,
    );
  });
});
