import * as z from 'zod';
import { show } from '../core/index.js';
import { normaliseCpuset } from './cpuset.js';
import { amount, amountOrNone, COUNT, count, countOrNone, DURATION, RATE, SIZE } from './quantity.js';
import { closed, parsedBy } from './shape.js';

const KIB = 1024;
const MIB = 1024 ** 2;
const DAY_MS = 86_400_000;

const duration = { kind: DURATION, min: 0.001, max: 30 * DAY_MS };
const size = { kind: SIZE, min: 1, max: Number.MAX_SAFE_INTEGER };

/** What holds when the user says nothing; null is unlimited. */
export const DEFAULT_LIMITS = {
  cpuTimeMs: 60_000,
  wallTimeMs: 300_000,
  memoryBytes: 512 * MIB,
  pids: 256,
  outputBytes: 16 * MIB,
  diskBytes: 256 * MIB,
  diskInodes: 65_536,
  cpus: null,
  cpuset: null,
  openFiles: 1024,
  fileSizeBytes: null,
  stackBytes: 8 * MIB,
} as const;

const cpuset = z
  .string({ error: ({ input }) => `${show(input)} is not a list of CPUs; use text such as "0-2,4"` })
  .transform(parsedBy(normaliseCpuset))
  .optional()
  .meta({ description: 'the CPUs that may be used, such as "0-2,4"' });

/** The limits as a user writes them. Source of the bounds: what the kernel accepts, and what a program needs to start. */
const limitsInput = closed(
  {
    cpuTime: amountOrNone({ ...duration, fallback: '60s', about: 'CPU time of all processes together' }),
    wallTime: amountOrNone({ ...duration, fallback: '5m', about: 'time from start to end' }),
    memory: amountOrNone({
      ...size,
      min: MIB,
      fallback: '512MiB',
      about: 'memory of all processes and files; no swap',
    }),
    pids: countOrNone({
      kind: COUNT,
      min: 1,
      max: 2 ** 22,
      fallback: 256,
      about: 'processes and threads at a time',
    }),
    output: amountOrNone({ ...size, fallback: '16MiB', about: 'bytes of stdout, and of stderr' }),
    disk: amount({
      ...size,
      min: 64 * KIB,
      fallback: '256MiB',
      about: 'bytes of everything writable together',
    }),
    inodes: count({
      kind: COUNT,
      min: 64,
      max: 2 ** 31 - 1,
      fallback: 65_536,
      about: 'files and directories written',
    }),
    cpus: countOrNone({
      kind: RATE,
      min: 0.01,
      max: 8192,
      fallback: 'none',
      about: 'CPUs used at a time, may be fractional',
    }),
    cpuset,
    openFiles: count({ kind: COUNT, min: 3, max: 2 ** 20, fallback: 1024, about: 'open files per process' }),
    fileSize: amountOrNone({
      ...size,
      fallback: 'none',
      about: 'bytes of each file; the disk limit holds in any case',
    }),
    stack: amountOrNone({ ...size, min: 64 * KIB, fallback: '8MiB', about: 'stack of the main thread' }),
  },
  {
    aliases: {
      timeout: 'wallTime',
      time: 'cpuTime',
      cpu: 'cpus',
      cores: 'cpus',
      mem: 'memory',
      ram: 'memory',
      nofile: 'openFiles',
      fsize: 'fileSize',
      nproc: 'pids',
      processes: 'pids',
      storage: 'disk',
      cpusetCpus: 'cpuset',
    },
  },
);

export type LimitName = keyof z.output<typeof limitsInput>;

export const LIMIT_NAMES = Object.keys(limitsInput.shape) as readonly LimitName[];

/** Limits as the rest of the code sees them: every one is decided. Null is unlimited. */
export interface Limits {
  readonly cpuTimeMs: number | null;
  readonly wallTimeMs: number | null;
  readonly memoryBytes: number | null;
  readonly pids: number | null;
  /** Of stdout, and of stderr. */
  readonly outputBytes: number | null;
  readonly diskBytes: number;
  readonly diskInodes: number;
  readonly cpus: number | null;
  /** Sorted and joined, such as "0-2,4". */
  readonly cpuset: string | null;
  readonly openFiles: number;
  readonly fileSizeBytes: number | null;
  readonly stackBytes: number | null;
  /** The limits the user asked for, other than by "none": if one cannot be enforced, the run must not start. */
  readonly explicit: readonly LimitName[];
}

const or = <Given, Default>(given: Given | undefined, fallback: Default): Given | Default =>
  given === undefined ? fallback : given;

function resolveLimits(given: z.output<typeof limitsInput>): Limits {
  return {
    cpuTimeMs: or(given.cpuTime, DEFAULT_LIMITS.cpuTimeMs),
    wallTimeMs: or(given.wallTime, DEFAULT_LIMITS.wallTimeMs),
    memoryBytes: or(given.memory, DEFAULT_LIMITS.memoryBytes),
    pids: or(given.pids, DEFAULT_LIMITS.pids),
    outputBytes: or(given.output, DEFAULT_LIMITS.outputBytes),
    diskBytes: or(given.disk, DEFAULT_LIMITS.diskBytes),
    diskInodes: or(given.inodes, DEFAULT_LIMITS.diskInodes),
    cpus: or(given.cpus, DEFAULT_LIMITS.cpus),
    cpuset: or(given.cpuset, DEFAULT_LIMITS.cpuset),
    openFiles: or(given.openFiles, DEFAULT_LIMITS.openFiles),
    fileSizeBytes: or(given.fileSize, DEFAULT_LIMITS.fileSizeBytes),
    stackBytes: or(given.stack, DEFAULT_LIMITS.stackBytes),
    explicit: LIMIT_NAMES.filter((name) => (given[name] ?? null) !== null),
  };
}

export type LimitsInput = z.input<typeof limitsInput>;

export const limitsSchema = limitsInput.transform(resolveLimits);
