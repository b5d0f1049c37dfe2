/** What a bench leaves behind for bench/compare.ts and for people: one file for each machine and bench, with the raw data. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, hostname, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';

export const RESULTS = join(import.meta.dirname, '../build/bench');

export interface BenchResults {
  readonly bench: string;
  readonly at: string;
  readonly machine: {
    readonly host: string;
    readonly cpus: number;
    readonly model: string;
    readonly memoryBytes: number;
    readonly kernel: string;
    readonly node: string;
    readonly loadAfter: number;
  };
  /** Each against the raw spawn of the same rounds: no figure of a noisy machine means anything alone. */
  readonly ratios: Readonly<Record<string, number>>;
  /** Milliseconds of every run, by subject and series; outliers included. */
  readonly samplesMs: Readonly<Record<string, readonly number[]>>;
}

/** @returns the path of the file */
export function writeResults({
  bench,
  ratios,
  samplesMs,
}: Pick<BenchResults, 'bench' | 'ratios' | 'samplesMs'>): string {
  const results: BenchResults = {
    bench,
    at: new Date().toISOString(),
    machine: {
      host: hostname(),
      cpus: cpus().length,
      model: cpus()[0]?.model ?? 'unknown',
      memoryBytes: totalmem(),
      kernel: release(),
      node: process.version,
      loadAfter: loadavg()[0] ?? Number.NaN,
    },
    ratios,
    samplesMs,
  };
  mkdirSync(RESULTS, { recursive: true });
  const path = join(RESULTS, `${bench}-${hostname()}.json`);
  writeFileSync(path, `${JSON.stringify(results)}\n`);
  return path;
}
