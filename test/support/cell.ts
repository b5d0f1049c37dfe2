import { constants } from 'node:os';
import { afterAll, beforeAll } from 'vitest';
import { createHotcell, type Hotcell, type RunHandle } from '../../src/engine/index.js';
import type { JobInput, MetricName, Outcome } from '../../src/spec/index.js';
import { programJob } from './programs.js';

type HotcellOptions = NonNullable<Parameters<typeof createHotcell>[0]>;
type RunOptions = NonNullable<Parameters<Hotcell['run']>[1]>;

/** What the tests of one file share: a Hotcell, and a short way to run a program of fixtures/programs in it. */
export interface Cell {
  readonly hotcell: Hotcell;
  run(job: JobInput, options?: RunOptions): Promise<Outcome>;
  program(name: string, args?: readonly (string | number)[], rest?: Partial<JobInput>): Promise<Outcome>;
}

/** Made before the first test of the file and closed after its last. */
export function useCell(options: HotcellOptions = {}): Cell {
  let made: Hotcell | undefined;
  beforeAll(async () => {
    made = await createHotcell(options);
  });
  afterAll(async () => {
    await made?.close();
  });
  return {
    get hotcell() {
      if (made === undefined) throw new Error('only inside a test');
      return made;
    },
    async run(job, runOptions) {
      return await this.hotcell.run(job, runOptions);
    },
    async program(name, args, rest) {
      return await this.hotcell.run(programJob(name, args, rest));
    },
  };
}

/**
 * Starts a job and waits until it has printed the words that say it is where the test wants it. A run that ends
 * before that fails the test with its outcome.
 */
export async function startAndWaitFor(
  hotcell: Hotcell,
  job: JobInput,
  words: string,
  options?: RunOptions,
): Promise<RunHandle> {
  const seen: Uint8Array[] = [];
  let found: () => void = () => undefined;
  const printed = new Promise<void>((resolve) => {
    found = resolve;
  });
  const onStdout = (chunk: Uint8Array): void => {
    seen.push(chunk);
    if (Buffer.concat(seen).includes(words)) found();
  };
  const handle = hotcell.start(job, { ...options, onStdout });
  const tooSoon = handle.outcome.then((outcome) => {
    throw new Error(`ended before it printed "${words}": ${JSON.stringify(outcome)}`);
  });
  await Promise.race([printed, tooSoon]);
  tooSoon.catch(() => undefined);
  return handle;
}

export type Ending = Pick<Outcome, 'status' | 'exitCode' | 'signal' | 'killedBy'>;

/** How a run ended: the four fields that must agree with each other. */
export function ending({ status, exitCode, signal, killedBy }: Outcome): Ending {
  return { status, exitCode, signal, killedBy };
}

export function exited(exitCode: number): Ending {
  return { status: exitCode === 0 ? 'ok' : 'nonzero-exit', exitCode, signal: null, killedBy: null };
}

export function signaled(signal: string): Ending {
  return { status: 'signaled', exitCode: null, signal, killedBy: 'signal' };
}

/** What each limit looks like when it has ended a program: all of them kill with SIGKILL. */
export function killed(killedBy: 'cpu-time' | 'wall-time' | 'memory' | 'output'): Ending {
  return { status: `${killedBy}-exceeded`, exitCode: null, signal: 'SIGKILL', killedBy };
}

/** A metric that this test cannot do without; null fails with the reason that the outcome gives. */
export function metric(outcome: Outcome, name: MetricName): number {
  const value = outcome.metrics[name];
  if (value === null)
    throw new Error(`${name} is null: ${outcome.metrics.sources[name] ?? 'no reason given'}`);
  return value;
}

export function text(stream: Outcome['stdout']): string {
  return 'text' in stream ? stream.text : Buffer.from(stream.base64, 'base64').toString('latin1');
}

/** Output lines of the form "KEY VALUE…", as most of the programs print them. */
export function lines(outcome: Outcome): string[] {
  return text(outcome.stdout).split('\n').filter(Boolean);
}

export function values(outcome: Outcome): Map<string, string> {
  return new Map(lines(outcome).map((line) => split(line)));
}

function split(line: string): [string, string] {
  const space = line.indexOf(' ');
  return space === -1 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)];
}

/** A number that the program printed as "KEY NUMBER". */
export function printed(outcome: Outcome, key: string): number {
  const value = values(outcome).get(key);
  if (value === undefined) throw new Error(`no "${key}" in: ${text(outcome.stdout)}${text(outcome.stderr)}`);
  return Number(value);
}

const SIGNAL_NAMES = new Map(
  Object.entries(constants.signals)
    .reverse()
    .map(([name, value]) => [value, name]),
);

/** The name of a classic signal, 1 to 31; undefined for realtime ones, which Node has no name for. */
export function signalName(value: number): string | undefined {
  return SIGNAL_NAMES.get(value);
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Figures that a test publishes: on the terminal beside its name, where CI keeps them. */
export function publish(title: string, rows: readonly Record<string, string | number>[]): void {
  const shown = rows.map((row) =>
    Object.entries(row)
      .map(([key, value]) => `${key} ${typeof value === 'number' ? Number(value.toFixed(3)) : value}`)
      .join(', '),
  );
  process.stdout.write(`${[`${title}:`, ...shown].join('\n  ')}\n`);
}
