import { describe, expect, it } from 'vitest';
import { Channel } from '../../../../src/engine/suites/channel.js';

async function taken<T>(from: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of from) values.push(value);
  return values;
}

const never = (): void => {
  throw new Error('nobody left');
};

describe('Channel', () => {
  it('keeps nothing while nobody reads, and refuses a reader who comes too late', async () => {
    const channel = new Channel<number>(never);
    await channel.push(1);
    expect(() => channel.read()).toThrow('the run has begun without a reader');
  });

  it('holds the writer back until the reader has taken a value', async () => {
    const channel = new Channel<number>(never);
    const reader = channel.read();
    const first = reader.next();
    await channel.push(1);
    expect(await first).toEqual({ value: 1, done: false });
    let pushed = false;
    const push = channel.push(2).then(() => {
      pushed = true;
    });
    await Promise.resolve();
    expect(pushed).toBe(false);
    expect((await reader.next()).value).toBe(2);
    await push;
    channel.end();
    expect((await reader.next()).done).toBe(true);
  });

  it('gives the reader the error', async () => {
    const channel = new Channel<number>(never);
    const values = taken(channel.read());
    channel.fail(new Error('broken'));
    await expect(values).rejects.toThrow('broken');
  });

  it('tells when the reader leaves, and lets the writer go', async () => {
    let left = 0;
    const channel = new Channel<number>(() => {
      left++;
    });
    const reader = channel.read();
    const first = reader.next();
    await channel.push(1);
    await first;
    const push = channel.push(2);
    await reader.return();
    await push;
    expect(left).toBe(1);
  });

  it('has one reader', async () => {
    const channel = new Channel<number>(never);
    const first = taken(channel.read());
    expect(() => channel.read()).toThrow('one reader');
    channel.end();
    await first;
  });
});
