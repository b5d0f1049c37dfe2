import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteLog } from '../../../src/worker/byte-log.js';

describe('ByteLog', () => {
  test('holds what was pushed, in order, across takes', () => {
    const pieces = fc.array(fc.oneof(fc.uint8Array({ maxLength: 5000 }), fc.constant('take' as const)));
    const property = fc.property(pieces, (steps) => {
      const log = new ByteLog();
      const taken: Uint8Array[] = [];
      for (const step of steps) {
        if (step === 'take') taken.push(log.take());
        else log.push(step);
      }
      const pushed = steps.filter((step) => step !== 'take');
      expect(Buffer.concat([...taken, log.bytes]).equals(Buffer.concat(pushed))).toBe(true);
      expect(log.length).toBe(log.bytes.length);
    });
    fc.assert(property);
  });

  test('gives bytes that later pushes do not change', () => {
    const log = new ByteLog();
    log.push(Buffer.from('one'));
    log.push(Buffer.from('two'));
    const before = log.bytes;
    log.push(Buffer.alloc(10_000, 'x'));
    expect(before.toString()).toBe('onetwo');
  });

  test('takes a million single bytes without an object for each', () => {
    const log = new ByteLog();
    const byte = Uint8Array.of(7);
    const startedAt = performance.now();
    for (let count = 0; count < 1_000_000; count++) log.push(byte);
    expect(log.length).toBe(1_000_000);
    expect(log.bytes.every((each) => each === 7)).toBe(true);
    expect(log.bytes.buffer.byteLength).toBeLessThan(4_000_000);
    expect(performance.now() - startedAt).toBeLessThan(8000);
  });
});
