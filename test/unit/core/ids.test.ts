import { describe, expect, it } from 'vitest';
import { type Clock, newId, systemClock } from '../../../src/core/index.js';

const clockAt = (ms: number): Clock => ({ nowMs: () => 0, date: () => new Date(ms) });

describe('newId', () => {
  it('is 26 characters that a URL and a file name can hold', () => {
    expect(newId()).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/);
  });

  it('sorts by time', () => {
    const times = [0, 1, 999, 1000, 1_700_000_000_000, 1_700_000_000_001, 281_474_976_710_655];
    const ids = times.map((ms) => newId(clockAt(ms)));
    expect([...ids].sort()).toEqual(ids);
  });

  it('never repeats, also within one millisecond', () => {
    const clock = clockAt(1_700_000_000_000);
    const ids = Array.from({ length: 20_000 }, () => newId(clock));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('systemClock', () => {
  it('runs forward, and knows the date', () => {
    const first = systemClock.nowMs();
    expect(systemClock.nowMs()).toBeGreaterThanOrEqual(first);
    expect(Math.abs(systemClock.date().getTime() - Date.now())).toBeLessThan(5000);
  });
});
