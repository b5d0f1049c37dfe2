import { formatBytes, formatMs } from '../../core/index.js';
import type { Limits, Outcome, Status } from '../../spec/index.js';

/** The parts of an outcome that say why a program ended. */
export type Ended = Pick<Outcome, 'status' | 'signal' | 'message' | 'stdout' | 'stderr' | 'metrics'>;

interface Context {
  readonly limits: Limits;
  readonly cancelledBy: string;
}

const or = <T>(value: T | null, format: (value: T) => string): string =>
  value === null ? 'unknown' : format(value);

const limit = <T>(name: string, value: T | null, format: (value: T) => string): string =>
  `${name} limit${value === null ? '' : ` ${format(value)}`} reached`;

/** A measured time, exact to the millisecond: how far a limit was overshot is of interest. */
const measured = (ms: number): string => (ms < 1000 ? formatMs(ms) : `${(ms / 1000).toFixed(3)}s`);

function outputLimit({ stdout, stderr }: Ended, { limits }: Context): string {
  const streams = [stdout.truncated ? 'stdout' : '', stderr.truncated ? 'stderr' : ''].filter(Boolean);
  const written = Math.max(stdout.bytes, stderr.bytes);
  return `${limit('output', limits.outputBytes, formatBytes)} (${streams.join(' and ') || 'output'}: ${formatBytes(written)})`;
}

/** Signals whose names say little to someone who did not write the program. */
const MEANINGS: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted itself',
  SIGBUS: 'bad memory access',
  SIGFPE: 'arithmetic error, such as division by zero',
  SIGILL: 'illegal instruction',
  SIGSEGV: 'bad memory access',
  SIGSYS: 'forbidden system call',
  SIGXFSZ: 'file size limit',
};

function signaled({ signal }: Ended): string {
  const name = signal ?? 'unknown signal';
  const meaning = MEANINGS[name];
  return `signal ${name}${meaning === undefined ? '' : ` (${meaning})`}`;
}

type Words = (outcome: Ended, context: Context) => string | null;

/** Total over the statuses; null where the program ended by itself and there is nothing to say. */
const WORDS: Record<Status, Words> = {
  ok: () => null,
  'nonzero-exit': () => null,
  signaled: (outcome) => `killed: ${signaled(outcome)}`,
  'cpu-time-exceeded': ({ metrics }, { limits }) =>
    `killed: ${limit('CPU time', limits.cpuTimeMs, formatMs)} (used ${or(metrics.cpuMs, measured)})`,
  'wall-time-exceeded': ({ metrics }, { limits }) =>
    `killed: ${limit('time', limits.wallTimeMs, formatMs)} (ran ${or(metrics.wallMs, measured)})`,
  'memory-exceeded': ({ metrics }, { limits }) =>
    `killed: ${limit('memory', limits.memoryBytes, formatBytes)} (peak ${or(metrics.memoryPeakBytes, formatBytes)})`,
  'output-exceeded': (outcome, context) => `killed: ${outputLimit(outcome, context)}`,
  'syscall-denied': ({ message }) => `killed: ${message ?? 'forbidden system call'}`,
  cancelled: (_, { cancelledBy }) => `killed: cancelled by ${cancelledBy}`,
  'start-failed': ({ message }) => message ?? 'the program could not be started',
  'internal-error': ({ message }) => `internal error: ${message ?? 'no details'}`,
};

/** Endings that are news in themselves: `-q` is for the lines about limits and signals, not for failures to run. */
const ALWAYS_SAID: ReadonlySet<Status> = new Set(['start-failed', 'internal-error']);

/** Why the program did not end by itself, as one line without "hotcell: "; null when it did. */
export function endingLine(outcome: Ended, context: Context & { readonly quiet: boolean }): string | null {
  if (context.quiet && !ALWAYS_SAID.has(outcome.status)) return null;
  return WORDS[outcome.status](outcome, context);
}
