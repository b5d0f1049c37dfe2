import type { Outcome, StreamOutcome } from '../../spec/index.js';
import { Attempts } from '../cell.js';
import { commandLine, howText } from '../text/how.js';
import { detailsOf, reasonOf } from '../text/reasons.js';
import { head } from '../text/show.js';
import { streamNote, streamText } from '../text/stream.js';
import { xmlAttributes, xmlText } from '../text/xml.js';

/** Characters of a stream, or of one attempt's reasons. */
const MAX_STREAM = 1 << 16;
const MAX_DETAILS = 1 << 14;

const INDENT = '    ';

function element(name: string, attributes: Readonly<Record<string, string | null>>, text: string): string {
  const tag = `${INDENT}  <${name}${xmlAttributes(attributes)}`;
  return text === '' ? `${tag}/>\n` : `${tag}>${xmlText(text)}</${name}>\n`;
}

/** Why, and then how it was run: what it takes to see it fail again. */
function because(tag: string, outcome: Outcome): string {
  const how = howText(outcome);
  const text = `${head(detailsOf(outcome), MAX_DETAILS)}${how === '' ? '' : `\n\n${how}`}`;
  return element(tag, { message: reasonOf(outcome), type: outcome.status }, text);
}

/** Those of a case's figures and labels that have a value. */
function properties(outcome: Outcome): string {
  const { labels, metrics, status, exitCode, signal, worker, points } = outcome;
  const { cpuMs, memoryPeakBytes } = metrics;
  const command = commandLine(outcome);
  const own = { command, status, exitCode, signal, cpuMs, memoryPeakBytes, worker, points };
  const named = Object.entries(labels).map(([key, value]): [string, string] => [`label.${key}`, value]);
  const lines = [...Object.entries(own), ...named]
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${INDENT}    <property${xmlAttributes({ name, value })}/>\n`);
  return `${INDENT}  <properties>\n${lines.join('')}${INDENT}  </properties>\n`;
}

/** The attempts before the last, as surefire's rerunFailingTestsCount reports them. */
function earlierAttempts(passed: boolean, earlier: readonly Outcome[]): string {
  const prefix = passed ? 'flaky' : 'rerun';
  return earlier
    .map((attempt) => because(`${prefix}${attempt.verdict === 'error' ? 'Error' : 'Failure'}`, attempt))
    .join('');
}

function verdictOf(outcome: Outcome): string {
  const { verdict, role } = outcome;
  if (verdict === 'passed') return '';
  if (verdict === 'skipped') return element('skipped', { message: reasonOf(outcome) }, '');
  return because(verdict === 'error' || role === 'build' ? 'error' : 'failure', outcome);
}

function streamElement(name: string, stream: StreamOutcome): string {
  if (stream.bytes === 0) return '';
  const note = streamNote(stream);
  const text = head(streamText(stream), MAX_STREAM);
  return element(name, {}, note === null ? text : `${text}\n[${note}]\n`);
}

function nameOf({ role, job, case: name, repeat }: Outcome): string {
  const own = role === 'build' ? `build ${job}` : (name ?? job);
  return repeat > 1 ? `${own} [repeat ${repeat}]` : own;
}

/** Streams of earlier attempts are not written: the reasons hold what matters of them. */
const brief = (outcome: Outcome): Outcome => {
  const nothing = { text: '', bytes: 0, truncated: false };
  return { ...outcome, stdout: nothing, stderr: nothing, companions: [], series: null, outputs: [] };
};

/** Writes a `testcase` for each last attempt. */
export class JunitCases {
  readonly #attempts = new Attempts(brief);

  /** @returns null when another attempt follows */
  add(outcome: Outcome): string | null {
    const earlier = this.#attempts.add(outcome);
    if (earlier === null) return null;
    const { suite, job, metrics, stdout, stderr } = outcome;
    const attributes = {
      classname: suite === null ? job : `${suite}.${job}`,
      name: nameOf(outcome),
      time: ((metrics.wallMs ?? 0) / 1000).toFixed(6),
    };
    const inside = [
      properties(outcome),
      verdictOf(outcome),
      earlierAttempts(outcome.verdict === 'passed', earlier),
      streamElement('system-out', stdout),
      streamElement('system-err', stderr),
    ].join('');
    return `${INDENT}<testcase${xmlAttributes(attributes)}>\n${inside}${INDENT}</testcase>\n`;
  }
}
