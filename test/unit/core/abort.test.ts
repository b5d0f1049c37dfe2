import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { onAbort } from '../../../src/core/abort.js';

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

describe('onAbort', () => {
  test('acts once, when the signal is aborted', () => {
    const controller = new AbortController();
    let acted = 0;
    onAbort(controller.signal, () => acted++);
    expect(acted).toBe(0);
    controller.abort();
    controller.abort();
    expect(acted).toBe(1);
  });

  test('acts at once when it is already, and listens no more', () => {
    const signal = AbortSignal.abort();
    let acted = 0;
    onAbort(signal, () => acted++)();
    expect([acted, listeners(signal)]).toEqual([1, 0]);
  });

  test('leaves no listener behind', () => {
    const { signal } = new AbortController();
    const stops = Array.from({ length: 100 }, () => onAbort(signal, () => undefined));
    expect(listeners(signal)).toBe(100);
    for (const stop of stops) stop();
    expect(listeners(signal)).toBe(0);
  });

  test('is content without a signal', () => {
    expect(() => onAbort(undefined, () => undefined)()).not.toThrow();
  });
});
