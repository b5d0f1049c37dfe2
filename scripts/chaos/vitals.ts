/** What the whole machine has of what a sandbox could leave behind. Others on it add noise: trends count, not single figures. */
import { readFileSync } from 'node:fs';
import { allProcesses } from '../../test/support/leaks.js';

export interface Vitals {
  /** Without those that are dead and that somebody else is to wait for. */
  readonly processes: number;
  readonly mounts: number;
  readonly openFiles: number;
  readonly sockets: number;
  /** Groups of the hierarchy that has most, those included that are removed and still held by something. */
  readonly cgroups: number;
  readonly kernelBytes: number;
}

const read = (path: string): string => readFileSync(path, 'utf8');

const numberAt = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? Number.NaN);

const cgroups = (): number =>
  Math.max(
    ...read('/proc/cgroups')
      .split('\n')
      .slice(1)
      .filter(Boolean)
      .map((line) => Number(line.split('\t')[2])),
  );

export function vitals(): Vitals {
  return {
    processes: allProcesses().filter(({ state }) => state !== 'Z').length,
    mounts: read('/proc/self/mountinfo').split('\n').length - 1,
    openFiles: numberAt(read('/proc/sys/fs/file-nr'), /^(\d+)/),
    sockets: numberAt(read('/proc/net/sockstat'), /used (\d+)/),
    cgroups: cgroups(),
    kernelBytes: numberAt(read('/proc/meminfo'), /^SUnreclaim:\s+(\d+)/m) * 1024,
  };
}

/** By how much the middle of the last third is more than the middle of the first. */
export function growth(series: readonly Vitals[]): Vitals {
  const third = Math.max(1, Math.floor(series.length / 3));
  const middle = (part: readonly Vitals[], key: keyof Vitals): number =>
    part.map((one) => one[key]).sort((a, b) => a - b)[Math.floor(part.length / 2)] ?? Number.NaN;
  const grown = (key: keyof Vitals): number =>
    middle(series.slice(-third), key) - middle(series.slice(0, third), key);
  return {
    processes: grown('processes'),
    mounts: grown('mounts'),
    openFiles: grown('openFiles'),
    sockets: grown('sockets'),
    cgroups: grown('cgroups'),
    kernelBytes: grown('kernelBytes'),
  };
}
