import type { Outcome, StreamOutcome, Verdict } from '../../spec/index.js';
import { Attempts, isFlaky } from '../cell.js';
import { titleOf } from '../reporter.js';
import { detailsOf, reasonOf } from '../text/reasons.js';
import { head } from '../text/show.js';
import { streamText } from '../text/stream.js';

export type CtrfStatus = 'passed' | 'failed' | 'skipped' | 'pending' | 'other';

/** What CTRF cannot say, `rawStatus` and `extra.verdict` do. */
const STATUS: Readonly<Record<Verdict, CtrfStatus>> = {
  passed: 'passed',
  failed: 'failed',
  error: 'failed',
  skipped: 'skipped',
};

/** A build that did not run leaves its cases without what they need. */
const statusOf = ({ role, verdict }: Outcome): CtrfStatus =>
  role === 'build' && verdict === 'skipped' ? 'failed' : STATUS[verdict];

const MAX_TEXT = 1 << 16;

/** What the last attempt and the ones before have in common. */
function attemptFields(outcome: Outcome): object {
  const { metrics, startedAt, finishedAt, verdict } = outcome;
  return {
    status: statusOf(outcome),
    duration: Math.round(metrics.wallMs ?? 0),
    start: Date.parse(startedAt),
    stop: Date.parse(finishedAt),
    ...(verdict === 'passed'
      ? {}
      : { message: reasonOf(outcome), trace: head(detailsOf(outcome), MAX_TEXT) }),
  };
}

const brief = (outcome: Outcome): object => ({ attempt: outcome.attempt, ...attemptFields(outcome) });

const lines = (stream: StreamOutcome): string[] =>
  stream.bytes === 0 ? [] : head(streamText(stream), MAX_TEXT).split('\n');

function extra({ verdict, exitCode, signal, metrics, limits, isolation, labels, repeat }: Outcome): object {
  return { verdict, exitCode, signal, repeat, labels, metrics, limits, isolation };
}

/** One test object for each last attempt. */
export class CtrfTests {
  readonly #attempts = new Attempts(brief);

  /** @returns null when another attempt follows */
  add(outcome: Outcome) {
    const retryAttempts = this.#attempts.add(outcome);
    if (retryAttempts === null) return null;
    const { suite, role, labels, worker, stdout, stderr, repeat } = outcome;
    return {
      name: `${titleOf(outcome)}${repeat > 1 ? ` [repeat ${repeat}]` : ''}`,
      ...attemptFields(outcome),
      status: statusOf(outcome),
      ...(suite === null ? {} : { suite: [suite] }),
      rawStatus: outcome.status,
      type: role,
      tags: Object.entries(labels).map(([key, value]) => `${key}=${value}`),
      retries: retryAttempts.length,
      ...(retryAttempts.length > 0 ? { retryAttempts } : {}),
      flaky: isFlaky(outcome),
      ...(worker === null ? {} : { threadId: String(worker) }),
      stdout: lines(stdout),
      stderr: lines(stderr),
      extra: extra(outcome),
    };
  }
}
