import { expect, test } from 'vitest';
import { abortable } from '../../../src/core/index.js';

async function collected<Value>(source: AsyncIterable<Value>): Promise<Value[]> {
  const values: Value[] = [];
  for await (const value of source) values.push(value);
  return values;
}

test('gives what the source gives', async () => {
  async function* three(): AsyncGenerator<number> {
    yield* [1, 2, 3];
  }
  expect(await collected(abortable(three(), undefined))).toEqual([1, 2, 3]);
  expect(await collected(abortable(three(), new AbortController().signal))).toEqual([1, 2, 3]);
});

test('ends a source that stands still', async () => {
  const ending = new AbortController();
  async function* still(): AsyncGenerator<number> {
    yield 1;
    ending.abort(new Error('called off'));
    await new Promise(() => undefined);
  }
  await expect(collected(abortable(still(), ending.signal))).rejects.toThrow('called off');
});

test('tells the source when nobody reads on', async () => {
  let ended = false;
  async function* endless(): AsyncGenerator<number> {
    try {
      for (;;) yield 1;
    } finally {
      ended = true;
    }
  }
  for await (const _ of abortable(endless(), new AbortController().signal)) break;
  expect(ended).toBe(true);
});

test('throws what the source throws, and begins nothing when it is too late', async () => {
  async function* broken(): AsyncGenerator<number> {
    yield 1;
    throw new Error('broken');
  }
  await expect(collected(abortable(broken(), new AbortController().signal))).rejects.toThrow('broken');
  await expect(collected(abortable(broken(), AbortSignal.abort(new Error('late'))))).rejects.toThrow('late');
});
