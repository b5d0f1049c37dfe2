import { describe, expect, test } from 'vitest';
import { mapOf, wholeRanges } from '../../../src/launcher/user-namespace.js';
import { parseSubordinateIds } from '../../../src/sandbox/subordinate-ids.js';

const parse = (text: string) => parseSubordinateIds(text, ['ann', '1000']);

describe('/etc/subuid', () => {
  test('names a user by name or number, more than once', () => {
    expect(parse('bob:100000:65536\nann:165536:65536\n1000:300000:10\n')).toEqual([
      { first: 165_536, count: 65_536 },
      { first: 300_000, count: 10 },
    ]);
  });

  test.each([
    ...[
      '',
      '# ann:1:2',
      'ann:100000',
      'ann:100000:0',
      'ann:0:65536',
      'ann:-1:5',
      'ann:1:5:6',
      'annx:1:5',
      ':1:5',
    ],
    ...['ann:4294967295:1', 'ann:4294967290:10', 'ann:0x10:5', 'ann: 1:5', 'ann:99999999999:1'],
  ])('%j gives nothing', (line) => {
    expect(parse(`${line}\n`)).toEqual([]);
  });

  test('is read no further than a map has lines', () => {
    expect(parse('ann:100000:10\n'.repeat(1000))).toHaveLength(64);
  });
});

const ids = (...counts: number[]) => ({
  tool: '/usr/bin/newuidmap',
  ranges: counts.map((count, index) => ({ first: 1_000_000 * (index + 1), count })),
});

describe('a map', () => {
  test('has the user first, and then what it was given without a gap', () => {
    expect(mapOf(1000, ids(10, 20).ranges, 30)).toEqual([
      [0, 1000, 1],
      [1, 1_000_000, 10],
      [11, 2_000_000, 20],
    ]);
  });

  test('takes no more than is used', () => {
    expect(mapOf(1000, ids(10, 20, 30).ranges, 15)).toEqual([
      [0, 1000, 1],
      [1, 1_000_000, 10],
      [11, 2_000_000, 5],
    ]);
  });

  test.each([
    [[65_536], [65_536], 1],
    [[65_535], [65_536], 0],
    [[131_072], [65_536], 1],
    [[65_536, 65_536], [200_000], 2],
    [[1_000_000_000], [1_000_000_000], 65],
  ])('of %j user and %j group ids has %i whole ranges', (uids, gids, count) => {
    expect(wholeRanges({ subordinate: { uids: ids(...uids), gids: ids(...gids) } })).toBe(count);
  });

  test('without any has none', () => {
    expect(wholeRanges({ subordinate: null })).toBe(0);
  });
});
