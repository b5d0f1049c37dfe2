import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readNameFiles, wholeLines } from '../../../src/sandbox/name-files.js';
import { jobWith } from './support.js';

describe("the host's names", () => {
  test.each([
    ['', 4, ''],
    ['a\nb\n', 4, 'a\nb\n'],
    ['a\nb', 4, 'a\nb\n'],
    ['a\nb\nc', 4, 'a\nb\n'],
    ['a\nbcd\n', 4, 'a\n'],
    ['abcde', 4, ''],
  ])('%j within %i bytes are %j', (text, max, expected) => {
    expect(Buffer.from(wholeLines(Buffer.from(text), max)).toString()).toBe(expected);
  });

  test('are read for a job on its network, and for no other', async () => {
    const names = await readNameFiles(jobWith({ network: 'host' }));
    expect(Buffer.from(names?.hosts ?? []).toString()).toContain(
      readFileSync('/etc/hosts', 'utf8').trimEnd(),
    );
    expect(await readNameFiles(jobWith({ network: 'none' }))).toBeNull();
    expect(await readNameFiles(jobWith({ network: 'loopback' }))).toBeNull();
    expect(await readNameFiles(jobWith({ network: 'host', isolation: 'none' }))).toBeNull();
  });
});
