import { describe, expect, test } from 'vitest';
import { Pipe } from '../../../src/worker/pipe.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);

async function readAll(pipe: Pipe): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of pipe) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** Whether it settles before everything that is ready now has run. */
async function isPending(promise: void | Promise<void>): Promise<boolean> {
  let settled = false;
  void Promise.resolve(promise).then(() => {
    settled = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return !settled;
}

describe('Pipe', () => {
  test('gives what was pushed before and after reading began, and then ends', async () => {
    const pipe = new Pipe(null);
    void pipe.push(bytes('a'));
    const read = readAll(pipe);
    void pipe.push(bytes('b'));
    void pipe.push(bytes(''));
    await Promise.resolve();
    void pipe.push(bytes('c'));
    pipe.end();
    expect(await read).toBe('abc');
  });

  test('that ended with something in it gives that first', async () => {
    const pipe = new Pipe(null);
    void pipe.push(bytes('last'));
    pipe.end();
    expect(await readAll(pipe)).toBe('last');
  });

  test('takes as much as the writer may write without holding it back', async () => {
    const pipe = new Pipe(10);
    expect(pipe.push(bytes('x'.repeat(10)))).toBeUndefined();
  });

  test('holds back a writer beyond that until it was read', async () => {
    const pipe = new Pipe(4);
    const pushed = pipe.push(bytes('12345'));
    expect(await isPending(pushed)).toBe(true);
    const { value } = await pipe[Symbol.asyncIterator]().next();
    expect(Buffer.from(value ?? []).toString()).toBe('12345');
    await pushed;
  });

  test('lets the writer go on when its reader leaves, and keeps nothing', async () => {
    const pipe = new Pipe(1);
    const reader = pipe[Symbol.asyncIterator]();
    const pushed = pipe.push(bytes('123'));
    await reader.return?.();
    await pushed;
    expect(pipe.push(Buffer.alloc(1_000_000))).toBeUndefined();
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  test('wakes a reader that waits when it ends or is left', async () => {
    const ended = new Pipe(null);
    const read = readAll(ended);
    ended.end();
    expect(await read).toBe('');
    const left = new Pipe(null);
    const reader = left[Symbol.asyncIterator]();
    const next = reader.next();
    await reader.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
  });
});
