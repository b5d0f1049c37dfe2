/** A line for every attempt of every program and build, as RFC 4180 has it. */
import { METRIC_NAMES, type Outcome } from '../../spec/index.js';
import type { Reporter, ReportSink } from '../reporter.js';
import { firstReason } from '../text/reasons.js';
import { safeLines } from '../text/show.js';

type Cell = string | number | boolean | null;

const END = '\r\n';

/**
 * Spreadsheets take these beginnings for a formula, full-width ones as well, whatever quotes are around them.
 * Source: https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[\s]*[=+\-@＝＋－＠]/u;

function cell(value: Cell): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const safe = safeLines(value);
  const harmless = FORMULA.test(safe) || /^[\t\n]/.test(safe) ? `'${safe}` : safe;
  return /[",\n\r]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

const LIMITS = [
  'cpuTimeMs',
  'wallTimeMs',
  'memoryBytes',
  'pids',
  'outputBytes',
  'diskBytes',
  'cpus',
] as const;

type Column = readonly [name: string, of: (outcome: Outcome) => Cell];

const plain = [
  'id',
  'suite',
  'job',
  'case',
  'role',
  'repeat',
  'attempt',
  'final',
  'worker',
  'verdict',
  'status',
  'exitCode',
  'signal',
  'killedBy',
] as const;

const COLUMNS: readonly Column[] = [
  ...plain.map((name): Column => [name, (outcome) => outcome[name]]),
  ['reason', (outcome) => (outcome.verdict === 'passed' ? null : firstReason(outcome))],
  ['stdoutBytes', ({ stdout }) => stdout.bytes],
  ['stderrBytes', ({ stderr }) => stderr.bytes],
  ...METRIC_NAMES.map((name): Column => [name, ({ metrics }) => metrics[name]]),
  ...LIMITS.map((name): Column => [`limit.${name}`, ({ limits }) => limits[name]]),
  ['isolation', ({ isolation }) => isolation.level],
  ['tier', ({ isolation }) => isolation.tier],
  ['degraded', ({ isolation }) => isolation.degraded.join('; ')],
  ['startedAt', ({ startedAt }) => startedAt],
  ['finishedAt', ({ finishedAt }) => finishedAt],
  [
    'labels',
    ({ labels }) =>
      Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join('; '),
  ],
];

const line = (cells: readonly Cell[]): string => `${cells.map(cell).join(',')}${END}`;

export function createCsvReporter(sink: ReportSink): Reporter {
  return {
    onStart: () => sink.write(line(COLUMNS.map(([name]) => name))),
    onOutcome: (outcome) => sink.write(line(COLUMNS.map(([, of]) => of(outcome)))),
  };
}
