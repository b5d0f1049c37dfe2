import { describe, expect, test } from 'vitest';
import { SeriesRecorder } from '../../../src/collect/series.js';
import { type FactsInput, factsWith } from './support.js';

const at = (index: number) => ({ atMs: index * 10, cpuMs: index, memoryBytes: null, pids: 1 });

function recorded(count: number, facts: FactsInput = {}) {
  const recorder = new SeriesRecorder(10);
  for (let index = 1; index <= count; index++) recorder.push(at(index));
  return recorder.outcome(factsWith(facts));
}

describe('a series', () => {
  test('without samples has empty lists', () => {
    expect(recorded(0)).toEqual({ intervalMs: 10, atMs: [], cpuMs: [], memoryBytes: [], pids: [] });
  });

  test('holds each sample in its lists, and what is unknown stays null', () => {
    expect(recorded(2)).toEqual({
      intervalMs: 10,
      atMs: [10, 20],
      cpuMs: [1, 2],
      memoryBytes: [null, null],
      pids: [1, 1],
    });
  });

  test('ends with the program', () => {
    expect(recorded(5, { metrics: { wallNs: 30e6 } }).atMs).toEqual([10, 20, 30]);
  });

  test.each([4095, 4096, 4097, 100_000])('of %d samples stays bounded and even', (count) => {
    const { intervalMs, atMs, cpuMs } = recorded(count);
    expect(atMs.length).toBeLessThan(4096);
    expect(atMs.length).toBeGreaterThan(Math.min(count, 2047) - 1);
    expect(cpuMs).toHaveLength(atMs.length);
    expect(atMs[0]).toBe(10);
    const steps = new Set(atMs.slice(1).map((ms, index) => ms - (atMs[index] ?? 0)));
    expect([...steps]).toEqual([intervalMs]);
    expect(atMs.at(-1)).toBeGreaterThan(count * 10 - intervalMs);
  });
});
