import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import {
  ANSWER_MAX_BYTES,
  readTreeAnswer,
  type TreeFailure,
  treeError,
} from '../../../../src/image/tree/index.js';
import { treeAnswerId, treeOpId, treeStepId } from '../../../../src/image/tree/ops-table.js';
import { frame, payload } from '../../../support/tree-frames.js';

const failed = (step: number, errno: number, path = 'etc/x', target = '') =>
  frame(treeAnswerId.failed, payload(7n, treeOpId.file, step, errno, `${path}\0`, `${target}\0`));

describe('readTreeAnswer', () => {
  it('knows that everything was done', () => {
    expect(readTreeAnswer(frame(treeAnswerId.done))).toBe(null);
  });

  it('reads what failed', () => {
    expect(readTreeAnswer(failed(treeStepId.target, 2, 'a', 'b'))).toEqual({
      index: 7,
      step: 'target',
      errno: 2,
      path: 'a',
      target: 'b',
    });
  });

  it('has room for the longest', () => {
    const longest = failed(treeStepId.write, 28, 'x'.repeat(4095), 'x'.repeat(4095));
    expect(longest.byteLength).toBe(ANSWER_MAX_BYTES);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['half of it', failed(treeStepId.write, 28).subarray(0, -1)],
    ['half of "done"', frame(treeAnswerId.done).subarray(0, 7)],
    ['two', Buffer.concat([frame(treeAnswerId.done), frame(treeAnswerId.done)])],
    ['"done" with something in it', frame(treeAnswerId.done, Buffer.from('x'))],
    ['an unknown one', frame(99)],
    ['an unknown step', failed(99, 28)],
    ['a path that is longer than all', frame(treeAnswerId.failed, payload(7n, 3, 4, 5, 0xffff, 0, 0))],
    ['text', Buffer.from('hello, this is no answer at all')],
  ])('never takes %s for success', (_, answer) => {
    expect(() => readTreeAnswer(answer)).toThrow('means nothing');
  });
});

describe('treeError', () => {
  const of = (failure: Partial<TreeFailure>) =>
    treeError({
      index: 3,
      step: 'write',
      errno: constants.errno.ENOSPC,
      path: 'etc/x',
      target: '',
      ...failure,
    });

  it('blames the disk for what it has no room for', () => {
    expect(of({})).toMatchObject({
      code: 'io',
      message: 'cannot write "etc/x": no space left on device (ENOSPC)',
    });
    expect(of({ step: 'parent' }).code).toBe('io');
    expect(of({ errno: constants.errno.EDQUOT }).message).toBe(
      'cannot write "etc/x": disk quota exceeded (EDQUOT)',
    );
  });

  it('blames the archive for entries that contradict each other', () => {
    expect(of({ step: 'target', errno: constants.errno.ENOENT, target: 'b' })).toMatchObject({
      code: 'bad-archive',
      message: 'cannot find the target of the hard link "etc/x" to "b": no such file or directory (ENOENT)',
    });
    expect(of({ step: 'parent', errno: constants.errno.E2BIG })).toMatchObject({
      code: 'bad-archive',
      message: expect.stringContaining('more than 1000000 directories'),
    });
  });

  it('blames us for operations that are none', () => {
    expect(of({ step: 'protocol', errno: constants.errno.EPROTO, path: '' })).toMatchObject({
      code: 'internal',
      message: 'cannot read operations for the directory itself: protocol error (EPROTO) (operation 3)',
    });
  });

  it('says what to do where owners cannot be mapped', () => {
    expect(of({ step: 'create', errno: constants.errno.EOVERFLOW }).hint).toContain('map owners');
  });
});
