import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from '../../../src/core/index.js';
import { editDistance } from '../../../src/core/suggest.js';

const LIMITS = [
  'cpuTime',
  'wallTime',
  'memory',
  'pids',
  'output',
  'disk',
  'inodes',
  'cpus',
  'cpuset',
  'openFiles',
];

describe('nearest', () => {
  it.each([
    ['memroy', 'memory'],
    ['memery', 'memory'],
    ['MEMORY', 'memory'],
    ['cpu-time', 'cpuTime'],
    ['cpu_time', 'cpuTime'],
    ['cputime', 'cpuTime'],
    ['walltim', 'wallTime'],
    ['mem', 'memory'],
    ['open', 'openFiles'],
    ['cpu', 'cpus'],
    ['dsik', 'disk'],
    ['inode', 'inodes'],
  ])('takes %s for %s', (word, meant) => {
    expect(nearest(word, LIMITS)).toBe(meant);
  });

  it.each(['', 'x', 'zz', 'frobnicate', 'network', 'm'.repeat(5000)])('leaves %j alone', (word) => {
    expect(nearest(word, LIMITS)).toBeUndefined();
  });

  it('does not guess between two words with the same beginning', () => {
    expect(nearest('verb', ['verbose-output', 'verbatim-text'])).toBeUndefined();
  });

  it('knows nothing when there is nothing', () => {
    expect(nearest('memory', [])).toBeUndefined();
  });

  it('gives a candidate or undefined', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string()), (word, candidates) => {
        const meant = nearest(word, candidates);
        expect(meant === undefined || candidates.includes(meant)).toBe(true);
      }),
    );
  });

  it('finds a word with one letter missing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...LIMITS), fc.nat(20), (word, at) => {
        const place = at % word.length;
        const meant = nearest(word.slice(0, place) + word.slice(place + 1), LIMITS);
        expect(meant).toBeDefined();
      }),
    );
  });
});

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['abc', 'abc', 0],
    ['abc', 'acb', 1],
    ['abc', 'abd', 1],
    ['ca', 'abc', 3],
    ['kitten', 'sitting', 3],
  ])('of %j and %j is %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('is symmetric and bounded', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance === 0).toBe(a === b);
      }),
    );
  });
});
