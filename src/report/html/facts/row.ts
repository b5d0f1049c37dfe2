import type { Outcome } from '../../../spec/index.js';
import { isFlaky } from '../../cell.js';
import { reasonOf } from '../../text/reasons.js';
import { oneLine } from '../../text/show.js';
import { brief, mibColumn, msColumn, percent } from '../format.js';
import { VERDICT_ORDER } from '../marks.js';
import { nearestUse } from './limits.js';

const MAX_PART = 200;
const MAX_REASON = 200;
const MAX_LABELS = 300;

/** A line of the list of cases: what is shown of a run before its page is opened. */
export interface Row {
  /** Which outcome of the report it is, from 0: its page is `#r…`. */
  readonly index: number;
  readonly verdict: Outcome['verdict'];
  /** Where its name belongs: `sum.yaml › sum › `; what all have in common is left out. */
  readonly prefix: string;
  readonly name: string;
  /** What sets it apart from other runs of the same case: `repeat 2, 3 attempts`. */
  readonly note: string;
  /** Empty for what passed. */
  readonly reason: string;
  readonly labels: string;
  readonly flaky: boolean;
  readonly build: boolean;
  readonly wallMs: number | null;
  readonly cpuMs: number | null;
  readonly memoryBytes: number | null;
  readonly share: number | null;
  /** Of what `share` is a share. */
  readonly shareOf: string;
}

function noteOf({ role, repeat, attempt }: Outcome): string {
  const parts = [
    role === 'build' && 'build',
    repeat > 1 && `repeat ${repeat}`,
    attempt > 1 && `${attempt} attempts`,
  ];
  return parts.filter((part) => part !== false).join(', ');
}

/** What all the names that are shown stand in. */
export interface Naming {
  /** Whether the name of the suite tells one case from another. */
  readonly withSuite: boolean;
}

/** `suite › job › ` and `case`, as far as they are there. */
export function nameParts(
  { suite, job, case: name }: Pick<Outcome, 'suite' | 'job' | 'case'>,
  { withSuite }: Naming,
): Pick<Row, 'prefix' | 'name'> {
  const parts = [withSuite ? suite : null, job, name]
    .filter((part) => part !== null)
    .map((part) => oneLine(brief(part, MAX_PART)));
  const last = parts.pop() ?? '';
  return { prefix: parts.map((part) => `${part} › `).join(''), name: last };
}

export function rowOf(index: number, outcome: Outcome, naming: Naming): Row {
  const { verdict, metrics } = outcome;
  const nearest = nearestUse(outcome);
  const labels = Object.entries(outcome.labels).map(([key, value]) => `${key}=${value}`);
  return {
    index,
    verdict,
    ...nameParts(outcome, naming),
    note: noteOf(outcome),
    reason: verdict === 'passed' ? '' : oneLine(brief(reasonOf(outcome), MAX_REASON)),
    labels: oneLine(brief(labels.join(' '), MAX_LABELS)),
    flaky: isFlaky(outcome),
    build: outcome.role === 'build',
    wallMs: metrics.wallMs,
    cpuMs: metrics.cpuMs,
    memoryBytes: metrics.memoryPeakBytes,
    share: nearest?.share ?? null,
    shareOf: nearest?.name ?? '',
  };
}

const rounded = (value: number | null): number | null =>
  value === null ? null : Number(value.toPrecision(6));

/** What the page's script reads, by place: {@link ROW_FIELDS} names them. */
export function rowData(row: Row): readonly (string | number | null)[] {
  return [
    row.index,
    VERDICT_ORDER.indexOf(row.verdict),
    row.prefix,
    row.name,
    row.note,
    row.reason,
    row.labels,
    (row.flaky ? 1 : 0) + (row.build ? 2 : 0),
    rounded(row.wallMs),
    rounded(row.cpuMs),
    rounded(row.memoryBytes),
    rounded(row.share),
    msColumn(row.wallMs),
    msColumn(row.cpuMs),
    mibColumn(row.memoryBytes),
    row.share === null ? '' : `${row.shareOf} ${percent(row.share)}`,
  ];
}

export const ROW_FIELDS = [
  'index',
  'verdict',
  'prefix',
  'name',
  'note',
  'reason',
  'labels',
  'flags',
  'wall',
  'cpu',
  'memory',
  'share',
  'wallText',
  'cpuText',
  'memoryText',
  'shareText',
] as const;
