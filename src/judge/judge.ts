/** From what a program did to whether that was wanted. What is not known for sure never passes. */
import { formatBytes, formatMs, quote } from '../core/index.js';
import type { Difference, Expect, Outcome, Status, Verdict } from '../spec/index.js';
import { regexpBudget, type TimeBudget } from './compare/index.js';
import { type Content, mismatchIn } from './content.js';

export interface JudgeInput {
  readonly outcome: Pick<Outcome, 'status' | 'exitCode' | 'signal' | 'message' | 'metrics' | 'outputs'>;
  readonly expect: Expect;
  /** Everything that was written, up to the output limit. */
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** What was copied out, by path as the expectation has it. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** Why it failed, one line each, the most telling first; empty unless the verdict is `failed`. */
  readonly failures: string[];
  readonly differences: Difference[];
}

type Unjudged = Exclude<Verdict, 'passed' | 'failed'>;

/** What cannot be judged, because the program was never really tried; null is judged by what is expected. */
const UNJUDGED: Readonly<Record<Status, { verdict: Unjudged; always: boolean } | null>> = {
  ok: null,
  'nonzero-exit': null,
  signaled: null,
  'cpu-time-exceeded': null,
  'wall-time-exceeded': null,
  'memory-exceeded': null,
  'output-exceeded': null,
  'syscall-denied': null,
  cancelled: { verdict: 'skipped', always: true },
  'start-failed': { verdict: 'error', always: false },
  'internal-error': { verdict: 'error', always: true },
};

function endingText({ status, exitCode, signal, message }: JudgeInput['outcome']): string {
  const details = message ?? (exitCode === null ? signal : `exit code ${exitCode}`);
  return details === null || status === 'ok' ? status : `${status} (${details})`;
}

function endingFailures({ outcome, expect }: JudgeInput): string[] {
  if (!expect.statuses.includes(outcome.status))
    return [`status ${endingText(outcome)}, expected ${expect.statuses.join(' or ') || 'none'}`];
  const failures: string[] = [];
  if (expect.exitCode !== null && outcome.exitCode !== expect.exitCode)
    failures.push(`exit code ${outcome.exitCode ?? 'none'}, expected ${expect.exitCode}`);
  if (expect.signal !== null && outcome.signal !== expect.signal)
    failures.push(`signal ${outcome.signal ?? 'none'}, expected ${expect.signal}`);
  return failures;
}

interface Found {
  readonly failures: string[];
  readonly differences: Difference[];
  readonly budget: TimeBudget;
}

async function compareContent(found: Found, content: Content): Promise<void> {
  const mismatch = await mismatchIn(content, found.budget);
  if (mismatch === null) return;
  found.failures.push(mismatch.failure);
  found.differences.push(mismatch.difference);
}

async function compareStreams(found: Found, { expect, stdout, stderr }: JudgeInput): Promise<void> {
  const streams = [
    { what: 'stdout', expectation: expect.checker === null ? expect.stdout : null, actual: stdout },
    { what: 'stderr', expectation: expect.stderr, actual: stderr },
  ];
  for (const { what, expectation, actual } of streams)
    if (expectation !== null) await compareContent(found, { what, label: what, expectation, actual });
}

function missingReason(path: string, outputs: Outcome['outputs']): string {
  const entry = outputs.find((output) => output.path === path || output.path.endsWith(`/${path}`));
  return entry?.error ?? 'it is not there';
}

async function compareOutputs(found: Found, { expect, files, outcome }: JudgeInput): Promise<void> {
  for (const { path, content } of expect.outputs) {
    const actual = files.get(path);
    const label = `output ${quote(path)}`;
    if (actual === undefined) found.failures.push(`${label}: ${missingReason(path, outcome.outputs)}`);
    else if (content !== null)
      await compareContent(found, { what: path, label, expectation: content, actual });
  }
}

interface Figure {
  readonly name: string;
  readonly limit: number | null;
  readonly used: number | null;
  readonly format: (value: number) => string;
  readonly unit: string;
}

function figureFailure({ name, limit, used, format, unit }: Figure): string | null {
  if (limit === null || (used !== null && used <= limit)) return null;
  if (used === null) return `${name} could not be measured, expected at most ${format(limit)}`;
  // Rounded, the two may look the same.
  const shown = format(used) === format(limit) ? `${used} ${unit}` : format(used);
  return `${name} ${shown}, expected at most ${format(limit)}`;
}

function figureFailures({ expect, outcome: { metrics } }: JudgeInput): string[] {
  const { maxCpuTimeMs, maxMemoryBytes } = expect;
  const { cpuMs, memoryPeakBytes } = metrics;
  const figures: readonly Figure[] = [
    { name: 'CPU time', limit: maxCpuTimeMs, used: cpuMs, format: formatMs, unit: 'ms' },
    { name: 'memory', limit: maxMemoryBytes, used: memoryPeakBytes, format: formatBytes, unit: 'bytes' },
  ];
  return figures.map(figureFailure).filter((failure) => failure !== null);
}

/**
 * Holds an outcome against what is expected of it. With a checker stdout is not compared: what is expected there is the
 * checker's answer file. The time it takes is in proportion to what was written.
 *
 * @throws HotcellError `invalid-spec` when a file with what is expected cannot be read
 */
export async function judge(input: JudgeInput): Promise<Judgement> {
  const { outcome, expect } = input;
  const unjudged = UNJUDGED[outcome.status];
  if (unjudged !== null && (unjudged.always || !expect.statuses.includes(outcome.status)))
    return { verdict: unjudged.verdict, failures: [], differences: [] };
  const found: Found = { failures: endingFailures(input), differences: [], budget: regexpBudget() };
  await compareStreams(found, input);
  await compareOutputs(found, input);
  found.failures.push(...figureFailures(input));
  const { failures, differences } = found;
  return { verdict: failures.length === 0 ? 'passed' : 'failed', failures, differences };
}
