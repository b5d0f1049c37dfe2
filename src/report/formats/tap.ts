/** TAP version 14, https://testanything.org/tap-version-14-specification.html. A test point per case; builds only if they failed. */
import type { Outcome } from '../../spec/index.js';
import { Attempts, isFailedBuild } from '../cell.js';
import { type Reporter, type ReportSink, type ReportStart, type Summary, titleOf } from '../reporter.js';
import { detailsOf, reasonOf } from '../text/reasons.js';
import { head, oneLine } from '../text/show.js';
import { streamText } from '../text/stream.js';
import { yamlEntry } from '../text/yaml.js';

const MAX_TEXT = 1 << 14;
const INDENT = '  ';

/** A description may not start a directive, nor end in the middle of an escape. */
const description = (text: string): string => oneLine(text).replace(/[\\#]/g, '\\$&');

function entries(outcome: Outcome, attempts: number): Record<string, string | number | null> {
  const { status, exitCode, signal, metrics, stdout, stderr } = outcome;
  const { wallMs, cpuMs, memoryPeakBytes } = metrics;
  const bad = outcome.verdict !== 'passed';
  return {
    ...(bad ? { message: reasonOf(outcome), severity: outcome.verdict === 'error' ? 'error' : 'fail' } : {}),
    status,
    exitCode,
    signal,
    attempts: attempts > 1 ? attempts : null,
    wallMs,
    cpuMs,
    memoryPeakBytes,
    ...(bad ? { details: head(detailsOf(outcome), MAX_TEXT) } : {}),
    ...(bad
      ? { stdout: head(streamText(stdout), MAX_TEXT), stderr: head(streamText(stderr), MAX_TEXT) }
      : {}),
  };
}

function diagnostics(outcome: Outcome, attempts: number): string {
  const lines = Object.entries(entries(outcome, attempts))
    .filter((entry): entry is [string, string | number] => entry[1] !== null && entry[1] !== '')
    .map(([key, value]) => yamlEntry(key, value, INDENT));
  return `${INDENT}---\n${lines.join('')}${INDENT}...\n`;
}

function nameOf(outcome: Outcome): string {
  const { role, repeat } = outcome;
  return `${role === 'build' ? 'build ' : ''}${titleOf(outcome)}${repeat > 1 ? ` [repeat ${repeat}]` : ''}`;
}

function testPoint(number: number, outcome: Outcome, attempts: number): string {
  const { verdict } = outcome;
  const point = `${number} - ${description(nameOf(outcome))}`;
  if (verdict === 'skipped') return `ok ${point} # SKIP ${description(reasonOf(outcome))}\n`;
  return `${verdict === 'passed' ? 'ok' : 'not ok'} ${point}\n${diagnostics(outcome, attempts)}`;
}

const WHY_STOPPED: Readonly<Record<NonNullable<Summary['stopped']>, string>> = {
  bail: 'too many failures',
  cancelled: 'cancelled',
  timeout: 'out of time',
};

class TapReporter implements Reporter {
  readonly #sink: ReportSink;
  readonly #attempts = new Attempts(() => null);
  #announced = 0;
  #points = 0;
  #builds = 0;

  constructor(sink: ReportSink) {
    this.#sink = sink;
  }

  onStart(start: ReportStart): void | Promise<void> {
    this.#announced = start.total;
    return this.#sink.write('TAP version 14\n');
  }

  onOutcome(outcome: Outcome): void | Promise<void> {
    const isBuild = isFailedBuild(outcome);
    if (outcome.role !== 'program' && !isBuild) return;
    const earlier = this.#attempts.add(outcome);
    if (earlier === null) return;
    if (isBuild) this.#builds++;
    this.#points++;
    // A skipped build would be a point that is fine, though what it was for is not.
    const shown: Outcome =
      isBuild && outcome.verdict === 'skipped' ? { ...outcome, verdict: 'error' } : outcome;
    return this.#sink.write(testPoint(this.#points, shown, earlier.length + 1));
  }

  /** What was stopped must not look complete: skipped points are fine to TAP. */
  onEnd({ stopped }: Summary): void | Promise<void> {
    if (stopped !== null) return this.#sink.write(`Bail out! ${WHY_STOPPED[stopped]}\n`);
    const planned = Math.max(this.#points, this.#announced + this.#builds);
    return this.#sink.write(`1..${planned}${planned === 0 ? ' # no tests' : ''}\n`);
  }
}

export const createTapReporter = (sink: ReportSink): Reporter => new TapReporter(sink);
