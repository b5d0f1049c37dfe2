import { describe, expect, it } from 'vitest';
import { Outlet } from '../../../../src/cli/io/outlet.js';
import type { Sink } from '../../../../src/cli/io/sink.js';

/** A reader that takes what it is given only when the test says so. */
class SlowSink implements Sink {
  readonly pending: { resolve: () => void; reject: (error: Error) => void }[] = [];

  write(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.pending.push({ resolve, reject });
    });
  }
}

const settled = async (promise: Promise<void>): Promise<boolean> => {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  await new Promise(setImmediate);
  return done;
};

const chunk = Buffer.from('x');

describe('an outlet', () => {
  it('holds the program up until its reader has taken the bytes', async () => {
    const sink = new SlowSink();
    const write = new Outlet(sink, () => undefined).write(chunk);
    expect(await settled(write)).toBe(false);
    sink.pending[0]?.resolve();
    expect(await settled(write)).toBe(true);
  });

  it('says once that the reader is gone, and drops what follows', async () => {
    const sink = new SlowSink();
    let lost = 0;
    const outlet = new Outlet(sink, () => lost++);
    const writes = [outlet.write(chunk), outlet.write(chunk)];
    for (const { reject } of sink.pending) reject(new Error('gone'));
    await Promise.all(writes);
    await outlet.write(chunk);
    expect([lost, sink.pending.length, outlet.error]).toEqual([1, 2, new Error('gone')]);
  });

  it('waits for nobody once it is abandoned', async () => {
    const sink = new SlowSink();
    const outlet = new Outlet(sink, () => undefined);
    const write = outlet.write(chunk);
    outlet.abandon();
    await write;
    await outlet.write(chunk);
    expect(sink.pending).toHaveLength(1);
  });
});
