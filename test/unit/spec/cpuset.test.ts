import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
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
  test.each([
    ['0', '0'],
    ['0-2,4', '0-2,4'],
    ['4,0,1-2', '0-2,4'],
    ['1,0', '0-1'],
    ['0-3,1-2', '0-3'],
    ['0-1,2-3', '0-3'],
    ['5,5,5', '5'],
    ['00,08191', undefined],
    ['0,8191', '0,8191'],
    ['8192', undefined],
  ])('%s becomes %s', (text, normal) => {
    if (normal === undefined) expect(problemsOf(() => normaliseCpuset(text))).toHaveLength(1);
    else expect(normaliseCpuset(text)).toBe(normal);
  });

  test.each([
    '',
    ',',
    '0,',
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

  test.prop([fc.array(range, { minLength: 1, maxLength: 12 })])(
    'names the same CPUs, once, in order',
    (parts) => {
      const text = parts.join(',');
      const normal = normaliseCpuset(text);
      expect(cpusOf(normal)).toEqual(cpusOf(text));
      expect(normaliseCpuset(normal)).toBe(normal);
    },
  );

  test.prop([fc.string({ unit: fc.constantFrom(...'0123456789,- a') })])('never crashes', (text) => {
    expect(problemsOf(() => normaliseCpuset(text)).length).toBeLessThanOrEqual(1);
  });
});
