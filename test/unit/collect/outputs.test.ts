import { createHash } from 'node:crypto';
import { constants } from 'node:os';
import { describe, expect, test } from 'vitest';
import { describeOutput, pathText } from '../../../src/collect/outputs.js';
import type { CopiedFile } from '../../../src/spec/index.js';

const copied = (part: Partial<CopiedFile>): CopiedFile => ({
  kind: 'file',
  output: 0,
  path: Buffer.from('/box/out'),
  mode: 0o640,
  errno: 0,
  bytes: Buffer.from('abc'),
  ...part,
});

const refused = (path: string, error: string) => ({ path, bytes: null, sha256: null, mode: null, error });

describe('describeOutput', () => {
  test('has size, digest and mode of a file', () => {
    const sha256 = createHash('sha256').update('abc').digest('hex');
    expect(describeOutput(copied({}))).toEqual({
      path: '/box/out',
      bytes: 3,
      sha256,
      mode: 0o640,
      error: null,
    });
  });

  test('has nothing of a directory, which shows by what is in it', () => {
    expect(describeOutput(copied({ kind: 'directory' }))).toBeNull();
  });

  test.each([
    ['ENOENT', 'no such file or directory (ENOENT)'],
    ['ELOOP', 'a symlink: not followed'],
    ['E2BIG', 'nested too deeply'],
    ['EINVAL', 'not a regular file or directory'],
    ['EFBIG', 'larger than what is left of the disk limit'],
    ['EOVERFLOW', 'more files than are copied out of one run'],
  ] as const)('says in words why something was not copied: %s', (name, error) => {
    const file = copied({ kind: 'error', errno: constants.errno[name] });
    expect(describeOutput(file)).toEqual(refused('/box/out', error));
  });

  test('says an errno that has no name', () => {
    expect(describeOutput(copied({ kind: 'error', errno: 4000 }))?.error).toContain('4000');
  });

  test('keeps a name with a newline as it is, and refuses one that is not UTF-8', () => {
    expect(describeOutput(copied({ path: Buffer.from('/box/new\nline') }))?.path).toBe('/box/new\nline');
    const path = Buffer.from([0x2f, 0xff]);
    expect(describeOutput(copied({ path }))).toEqual(refused('/\uFFFD', 'its name is not UTF-8'));
    expect(pathText(path)).toEqual({ text: '/\uFFFD', exact: false });
  });
});
