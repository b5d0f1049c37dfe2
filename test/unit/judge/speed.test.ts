import { describe, expect, test } from 'vitest';
import type { CompareMode } from '../../../src/spec/index.js';
import { difference } from './support.js';

const BYTES = 4 * 1024 ** 2;

/** Far above what it takes on a busy machine, far below what anything that grows with the square would. */
const BOUND_MS = 20_000;

const filled = (pattern: string): Buffer => Buffer.alloc(BYTES, pattern);

function edited(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = 'Z'.charCodeAt(0);
  return copy;
}

const PATTERNS: readonly string[] = ['a b\n', '\n', 'x', '1.5 '];
const MODES: readonly CompareMode[] = ['exact', 'trim', 'lines', 'tokens', 'float'];

describe.each(MODES)('%s of 4 MiB', (compare) => {
  test('takes time in proportion to it, whatever it holds', async () => {
    for (const pattern of PATTERNS) {
      const bytes = filled(pattern);
      const startedAt = performance.now();
      expect(await difference(bytes, bytes, { compare })).toBeNull();
      expect(await difference(bytes, edited(bytes, BYTES - 4), { compare })).not.toBeNull();
      expect(await difference(bytes, edited(bytes, 0), { compare })).not.toBeNull();
      expect(await difference(edited(bytes, BYTES / 2), bytes.subarray(1), { compare })).not.toBeNull();
      expect(performance.now() - startedAt, pattern).toBeLessThan(BOUND_MS);
    }
  }, 120_000);
});

test('json of 4 MiB takes time in proportion to it, too', async () => {
  for (const item of ['10', '[]', '1.5e3', '{"id":12,"name":"x\\n"}', '123456789012345678901']) {
    const list = (last: number): Buffer =>
      Buffer.from(`[${`${item},`.repeat(BYTES / (item.length + 1) - 2)}${last}]`);
    const startedAt = performance.now();
    expect(await difference(list(1), list(1), { compare: 'json' })).toBeNull();
    expect(await difference(list(1), list(2), { compare: 'json' })).not.toBeNull();
    expect(performance.now() - startedAt, item).toBeLessThan(BOUND_MS);
  }
}, 120_000);
