/** Several reports as one: those of shards, or a run and what was run again of it. */
import { invalidSpec, quote } from '../core/index.js';
import type { Outcome } from '../spec/index.js';
import { type CellKey, cellKey } from './cell.js';
import type { StoredReport } from './document/read.js';
import { type ReportStart, type Summary, titleOf } from './reporter.js';

export interface MergeOptions {
  /** Whether of a case that is in several the run that ended last counts; an error unless it is set. */
  readonly latest?: boolean | undefined;
}

export interface NamedReport {
  readonly path: string;
  readonly report: StoredReport;
}

/** Whose outcomes of a case or build are taken. */
interface Owner {
  readonly index: number;
  readonly id: string;
  readonly endedMs: number;
  readonly failed: boolean;
}

const MAX_NAMED = 5;

class Owners {
  readonly #byCell = new Map<CellKey, Owner>();
  readonly #twice: string[] = [];
  readonly #reports: readonly NamedReport[];
  readonly #latest: boolean;
  #twiceCount = 0;
  /** Last attempts of programs that do not count. */
  dropped = 0;

  constructor(reports: readonly NamedReport[], latest: boolean) {
    this.#reports = reports;
    this.#latest = latest;
  }

  add(outcome: Outcome, index: number): void {
    if (!outcome.final) return;
    const { id, role, verdict, finishedAt } = outcome;
    const key = cellKey(outcome);
    const own = { index, id, endedMs: Date.parse(finishedAt), failed: verdict !== 'passed' };
    const known = this.#byCell.get(key);
    if (known === undefined) this.#byCell.set(key, own);
    else if (role === 'build') this.#byCell.set(key, known.failed ? known : own);
    else this.#again(key, { known, own, outcome });
  }

  owns(outcome: Outcome, index: number): boolean {
    // An attempt whose last one never came is its own report's.
    return (this.#byCell.get(cellKey(outcome))?.index ?? index) === index;
  }

  /** @throws HotcellError `invalid-spec` when a case is in several and nobody said which counts */
  check(): void {
    if (this.#latest || this.#twiceCount === 0) return;
    const more = this.#twiceCount > MAX_NAMED ? [`… and ${this.#twiceCount - MAX_NAMED} more`] : [];
    throw invalidSpec(
      [...this.#twice, ...more].join('\n'),
      'leave one report out, or take what ended last with --latest',
    );
  }

  #again(key: CellKey, { known, own, outcome }: { known: Owner; own: Owner; outcome: Outcome }): void {
    this.dropped++;
    // One report named twice, or two of one run: the same is no contradiction.
    if (known.id === own.id) return;
    if (own.endedMs > known.endedMs) this.#byCell.set(key, own);
    this.#twiceCount++;
    if (this.#twice.length >= MAX_NAMED) return;
    const [first, second] = [known, own].map(({ index }) => quote(this.#reports[index]?.path ?? '', 200));
    this.#twice.push(`${quote(titleOf(outcome), 200)} is in ${first} and in ${second}`);
  }
}

const MAX_NAME = 200;

const joined = (texts: readonly string[], separator: string): string =>
  [...new Set(texts)].join(separator).slice(0, MAX_NAME);

const earliest = (times: readonly string[]): string =>
  times.reduce((a, b) => (Date.parse(b) < Date.parse(a) ? b : a));

const latest = (times: readonly string[]): string =>
  times.reduce((a, b) => (Date.parse(b) > Date.parse(a) ? b : a));

function startOf(starts: readonly [ReportStart, ...ReportStart[]], dropped: number): ReportStart {
  const [first] = starts;
  const sum = (of: (start: ReportStart) => number): number =>
    starts.reduce((total, start) => total + of(start), 0);
  return {
    ...first,
    id: joined(
      starts.map(({ id }) => id),
      '+',
    ),
    startedAt: earliest(starts.map(({ startedAt }) => startedAt)),
    host: {
      ...first.host,
      hostname: joined(
        starts.map(({ host }) => host.hostname),
        ', ',
      ),
    },
    total: Math.max(0, sum(({ total }) => total) - dropped),
    suites: [...new Set(starts.flatMap(({ suites }) => suites))],
    workers: sum(({ workers }) => workers),
  };
}

/** Null when one of the runs never got to its end. What is counted is counted anew by who reads the outcomes. */
function summaryOf(start: ReportStart, reports: readonly NamedReport[]): Summary | null {
  const all = reports.flatMap(({ report: { summary } }) => summary ?? []);
  const [first] = all;
  if (first === undefined || all.length < reports.length) return null;
  const finishedAt = latest(all.map((summary) => summary.finishedAt));
  return {
    ...first,
    id: start.id,
    startedAt: start.startedAt,
    finishedAt,
    wallMs: Date.parse(finishedAt) - Date.parse(start.startedAt),
    stopped: all.find(({ stopped }) => stopped !== null)?.stopped ?? null,
    host: { ...first.host, hostname: start.host.hostname },
  };
}

/** Places of the pool are told apart: those of the second report come after those of the first. */
async function* outcomesOf(
  reports: readonly NamedReport[],
  owners: Owners,
): AsyncGenerator<Outcome, void, undefined> {
  let places = 0;
  for (const [index, { report }] of reports.entries()) {
    for await (const outcome of report.outcomes()) {
      if (!owners.owns(outcome, index)) continue;
      yield { ...outcome, worker: outcome.worker === null ? null : outcome.worker + places };
    }
    places += report.start.workers;
  }
}

/**
 * One report of several. A case may be in one of them only, unless `latest` is set or it is the very same run of it; of a build
 * that several had to make, one that failed counts. It took from the first start to the last end.
 *
 * @throws HotcellError `invalid-spec` naming what is in several, and what reading them throws
 */
export async function mergeReports(
  reports: readonly NamedReport[],
  { latest: takeLatest = false }: MergeOptions = {},
): Promise<StoredReport> {
  const owners = new Owners(reports, takeLatest);
  for (const [index, { report }] of reports.entries()) {
    for await (const outcome of report.outcomes()) owners.add(outcome, index);
  }
  owners.check();
  const [first, ...others] = reports.map(({ report }) => report.start);
  if (first === undefined) throw invalidSpec('no report is named');
  const start = startOf([first, ...others], owners.dropped);
  return { start, summary: summaryOf(start, reports), outcomes: () => outcomesOf(reports, owners) };
}
