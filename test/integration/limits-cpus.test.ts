import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/spec/index.js';
import { ending, exited, killed, lines, metric, publish, useCell } from '../support/cell.js';

const cell = useCell();

const BURN_MS = 400;

const rate = (outcome: Outcome): number => metric(outcome, 'cpuMs') / metric(outcome, 'wallMs');

describe('cpus', () => {
  test.each([0.1, 0.25, 0.5])('a rate of %d holds four threads back', async (cpus) => {
    const outcome = await cell.program('burn-cpu', [BURN_MS * cpus, 'threads', 4], { limits: { cpus } });
    expect(ending(outcome)).toEqual(exited(0));
    publish(`rate limit of ${cpus}`, [
      { rate: rate(outcome), 'throttled ms': metric(outcome, 'throttledMs') },
    ]);
    expect(metric(outcome, 'throttledMs')).toBeGreaterThan(0);
    // Each end of a run may use a period's share without the wait that pays for it.
    expect(rate(outcome)).toBeLessThan(cpus * 1.5 + 0.05);
  });

  test('a rate of one holds two threads back to one CPU', async () => {
    const limits = { cpus: 1, wallTime: 600 };
    const outcome = await cell.program('spin-in-threads', [4], { limits });
    expect(ending(outcome)).toEqual(killed('wall-time'));
    expect(rate(outcome)).toBeLessThan(1.25);
  });

  test('at and above what the program uses nothing is held back', async () => {
    for (const cpus of [2, 64]) {
      const outcome = await cell.program('burn-cpu', [BURN_MS / 2], { limits: { cpus } });
      expect(ending(outcome)).toEqual(exited(0));
      expect(metric(outcome, 'throttledMs')).toBe(0);
    }
  });

  test('without a limit nothing is held back, also after a run that was', async () => {
    await cell.program('burn-cpu', [50], { limits: { cpus: 0.2 } });
    const outcome = await cell.program('burn-cpu', [BURN_MS / 2]);
    expect(ending(outcome)).toEqual(exited(0));
    expect(metric(outcome, 'throttledMs')).toBe(0);
  });

  test('a CPU time limit is as exact under a rate', async () => {
    const outcome = await cell.program('spin', [], { limits: { cpus: 0.5, cpuTime: 200 } });
    expect(ending(outcome)).toEqual(killed('cpu-time'));
    expect(metric(outcome, 'cpuMs')).toBeGreaterThanOrEqual(200);
    expect(metric(outcome, 'cpuMs')).toBeLessThan(260);
  });
});

describe('cpuset', () => {
  const cpusOf = (list: string): number[] =>
    list.split(',').flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });

  const status = readFileSync('/proc/self/status', 'utf8');
  const allowed = cpusOf(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '0');
  const printed = (outcome: Outcome): number[] => lines(outcome).map((line) => Number(line.split(' ')[1]));

  test('without one all CPUs of the host may be used', async () => {
    expect(printed(await cell.program('print-affinity'))).toEqual(allowed);
  });

  test.each(allowed.slice(0, 4))('CPU %i alone is all there is, and cannot be widened', async (cpu) => {
    const limits = { cpuset: String(cpu) };
    expect(printed(await cell.program('print-affinity', [], { limits }))).toEqual([cpu]);
    expect(printed(await cell.program('print-affinity', ['widen'], { limits }))).toEqual([cpu]);
  });

  test('a list and a range may be used', async () => {
    const limits = { cpuset: allowed.join(',') };
    expect(printed(await cell.program('print-affinity', [], { limits }))).toEqual(allowed);
  });

  test('threads on one CPU cannot use more than one', async () => {
    const limits = { cpuset: String(allowed[0]), wallTime: 400 };
    const outcome = await cell.program('spin-in-threads', [4], { limits });
    expect(ending(outcome)).toEqual(killed('wall-time'));
    expect(rate(outcome)).toBeLessThan(1.1);
  });

  test('the next run has all CPUs again', async () => {
    await cell.program('print-affinity', [], { limits: { cpuset: String(allowed[0]) } });
    expect(printed(await cell.program('print-affinity'))).toEqual(allowed);
  });

  test('a CPU that the host has not is refused before anything runs', async () => {
    const running = cell.program('print-affinity', [], { limits: { cpuset: '4000' } });
    await expect(running).rejects.toMatchObject({ name: 'HotcellError' });
  });
});
