import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseCpuset } from '../../../src/spec/cpuset.js';
import { problemsOf } from './support.js';

/** The CPUs that a list names, read in the simplest way. */
function cpusOf(text: string): number[] {
  const cpus = text.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  return [...new Set(cpus)].sort((a, b) => a - b);
}

describe('normaliseCpuset', () => {
  it.each([
    ['0', '0'],
    ['0-2,4', '0-2,4'],
    ['4,0,1-2', '0-2,4'],
    ['1,0', '0-1'],
    ['0-3,1-2', '0-3'],
    ['0-1,2-3', '0-3'],
    ['5,5,5', '5'],
    ['0,8191', '0,8191'],
    ['00,0002', '0,2'],
  ])('%s becomes %s', (text, normal) => {
    expect(normaliseCpuset(text)).toBe(normal);
  });

  it.each([
    '',
    ',',
    '0,',
    '8192',
    '00008191',
    '-1',
    '0-',
    'a',
    '0;1',
    '0 1',
    ' 0',
    '0\n',
    '0-1-2',
    '1e1',
    '3-1',
    '0-2:2',
    '1'.repeat(5000),
  ])('refuses %j', (text) => {
    expect(problemsOf(() => normaliseCpuset(text))).toHaveLength(1);
  });

  const range = fc
    .tuple(fc.nat(60), fc.nat(9))
    .map(([first, more]) => (more === 0 ? `${first}` : `${first}-${first + more}`));

  it('names the same CPUs, once, in order', () => {
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 12 }), (parts) => {
        const text = parts.join(',');
        const normal = normaliseCpuset(text);
        expect(cpusOf(normal)).toEqual(cpusOf(text));
        expect(normaliseCpuset(normal)).toBe(normal);
      }),
    );
  });

  it('never crashes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('0123456789,- a')) }), (text) => {
        expect(problemsOf(() => normaliseCpuset(text)).length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
