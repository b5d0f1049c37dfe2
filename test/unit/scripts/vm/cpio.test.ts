import { expect, test } from 'vitest';
import { cpio, directory, executable } from '../../../../scripts/vm/cpio.js';

test('an archive has headers of 110 bytes, and everything ends at four', () => {
  const archive = cpio([directory('a'), executable('a/bc', Buffer.from('hello'))]);
  const text = archive.toString('latin1');
  expect(archive.length % 4).toBe(0);
  expect([...text.matchAll(/070701/g)].map(({ index }) => index)).toEqual([0, 112, 236]);
  expect(text.slice(112 + 110, 236)).toBe('a/bc\0\0hello\0\0\0');
  expect(text.slice(112 + 14, 112 + 22)).toBe('000081ED');
  expect(text.slice(236)).toContain('TRAILER!!!\0');
});
