/** Init is process 1 of the sandbox, where the program sees it and may try its hands on it. */
import { describe, expect, test } from 'vitest';
import { ending, exited, text, useCell } from '../support/cell.js';

const cell = useCell();

describe('a program that is root in its sandbox', () => {
  test('cannot limit, slow or pin init, not even before it has settled', async () => {
    for (let round = 0; round < 30; round++) {
      const outcome = await cell.program('seize-init', [], { user: '0:0' });
      expect(text(outcome.stdout)).toBe('');
      expect(ending(outcome)).toEqual(exited(0));
    }
  });
});
