import type { Outcome, Verdict } from '../../spec/index.js';
import { caseKey, isFlaky } from '../cell.js';
import { titleOf } from '../reporter.js';
import { reasonOf } from '../text/reasons.js';
import { FIGURES, type Figure } from './shape.js';

/** All repetitions of a case in one run. */
export interface CaseRecord {
  readonly title: string;
  verdict: Verdict;
  reason: string | null;
  flaky: boolean;
  /** Of the repetitions that passed: how long something takes to fail says nothing. */
  readonly samples: Record<Figure, number[]>;
}

/** Of several repetitions the worst counts. */
const SEVERITY: Readonly<Record<Verdict, number>> = { passed: 0, skipped: 1, failed: 2, error: 3 };

const MAX_REASON = 300;

function newRecord(outcome: Outcome): CaseRecord {
  const title = `${outcome.role === 'build' ? 'build ' : ''}${titleOf(outcome)}`;
  const samples = { wallMs: [], cpuMs: [], memoryPeakBytes: [] };
  return { title, verdict: 'passed', reason: null, flaky: false, samples };
}

const failed = (verdict: Verdict): boolean => verdict === 'failed' || verdict === 'error';

function addTo(record: CaseRecord, outcome: Outcome, isFirst: boolean): void {
  const { verdict, metrics } = outcome;
  record.flaky ||= isFlaky(outcome) || (!isFirst && failed(verdict) !== failed(record.verdict));
  if (SEVERITY[verdict] > SEVERITY[record.verdict]) {
    record.verdict = verdict;
    record.reason = reasonOf(outcome).slice(0, MAX_REASON);
  }
  if (verdict !== 'passed' || outcome.role !== 'program') return;
  for (const figure of FIGURES) {
    const value = metrics[figure];
    if (value !== null) record.samples[figure].push(value);
  }
}

/** The cases and builds of a run by what names them. */
export async function readCases(outcomes: AsyncIterable<Outcome>): Promise<Map<string, CaseRecord>> {
  const cases = new Map<string, CaseRecord>();
  for await (const outcome of outcomes) {
    if (!outcome.final || (outcome.role !== 'program' && outcome.role !== 'build')) continue;
    const key = `${outcome.role} ${caseKey(outcome)}`;
    const known = cases.get(key);
    const record = known ?? newRecord(outcome);
    if (known === undefined) cases.set(key, record);
    addTo(record, outcome, known === undefined);
  }
  return cases;
}
