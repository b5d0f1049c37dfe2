/** How the benchmarks measure: interleaved, in random order, medians, and a raw spawn beside everything. */
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

export interface Subject {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/** What every figure is compared with: Node starting the same program with nothing around it, its output read. */
export function rawSpawn(path: string): Subject {
  return {
    name: 'child_process.spawn',
    run: () =>
      new Promise<void>((resolve, reject) => {
        const child = spawn(path, [], { stdio: ['ignore', 'pipe', 'pipe'] });
        child.stdout.resume();
        child.stderr.resume();
        child.once('error', reject);
        child.once('close', () => resolve());
      }),
  };
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

function shuffled<Value>(values: readonly Value[]): Value[] {
  return values
    .map((value) => ({ value, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/**
 * Milliseconds of each run, by subject. One run of each per round, so that noise of the host meets all alike.
 *
 * @param pauseMs before each, as a server has it that is not always busy
 */
export async function latencies(
  subjects: readonly Subject[],
  rounds: number,
  pauseMs = 0,
): Promise<ReadonlyMap<string, number[]>> {
  const times = new Map(subjects.map(({ name }) => [name, [] as number[]]));
  const warmUp = Math.ceil(rounds / 10);
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const { name, run } of shuffled(subjects)) {
      if (pauseMs > 0) await delay(pauseMs);
      const ms = await timed(run);
      if (round >= warmUp) times.get(name)?.push(ms);
    }
  }
  return times;
}

/** Runs per second with so many under way at once. */
export async function throughput({ run }: Subject, concurrency: number, runs: number): Promise<number> {
  let left = runs;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await run();
  };
  const ms = await timed(() => Promise.all(Array.from({ length: concurrency }, worker)));
  return (runs * 1000) / ms;
}
