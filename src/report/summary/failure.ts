import { formatMs } from '../../core/index.js';
import type { Companion, Outcome, StreamOutcome } from '../../spec/index.js';
import { titleOf } from '../reporter.js';
import { howText } from '../text/how.js';
import { ordinal, reasonsOf } from '../text/reasons.js';
import { safeLines } from '../text/show.js';
import { streamNote, streamText } from '../text/stream.js';
import { cutEnd, type Paint, rounded, shownTitle, wrapped } from './paint.js';

const INDENT = '    ';
const MAX_REASONS = 8;
const MAX_DIFFERENCES = 3;
const MAX_DIFFERENCE_LINES = 24;
const MAX_STREAM_LINES = 12;
const MAX_INPUT_LINES = 8;
/** Of what a program wrote, as much is looked at to find its last lines. */
const MAX_TAIL = 1 << 13;

const TAB = '    ';

const lines = (text: string): string[] => safeLines(text).replaceAll('\t', TAB).trimEnd().split('\n');

function first(all: readonly string[], max: number): string[] {
  return all.length <= max ? [...all] : [...all.slice(0, max), `… ${all.length - max} more`];
}

/** The last lines: what a program says of its end, it says at the end. */
function tail(name: string, stream: StreamOutcome): string[] {
  const text = streamText(stream);
  const all = lines(text.slice(-MAX_TAIL));
  if (all.join('').trim() === '') return [];
  const isCut = text.length > MAX_TAIL || all.length > MAX_STREAM_LINES;
  const notes = [streamNote(stream), isCut ? 'its end' : null].filter((note) => note !== null);
  const heading = `${name}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}:`;
  return [heading, ...all.slice(-MAX_STREAM_LINES).map((line) => `  ${line}`)];
}

function differences(outcome: Outcome): string[] {
  return outcome.differences
    .slice(0, MAX_DIFFERENCES)
    .flatMap(({ text }) => first(lines(text), MAX_DIFFERENCE_LINES));
}

function companion({ role, status, message, exitCode }: Companion): string[] {
  if (status === 'ok') return [];
  return lines(`${role}: ${message ?? status}${exitCode === null ? '' : ` (exit code ${exitCode})`}`);
}

/** What a difference begins with need not be said before it. */
function reasons(outcome: Outcome, width: number): string[] {
  const isSaid = (reason: string): boolean => {
    const [start = ''] = reason.split(':');
    return outcome.differences.slice(0, MAX_DIFFERENCES).some(({ text }) => text.startsWith(start));
  };
  const news = reasonsOf(outcome).filter((reason) => !isSaid(reason));
  const inLines = news.flatMap(lines).flatMap((line) => wrapped(line.slice(0, MAX_TAIL), width));
  return first(inLines, MAX_REASONS);
}

function differenceLine(line: string, { colors }: Paint): string {
  const sign = line.trimStart()[0];
  return sign === '-' ? colors.red(line) : sign === '+' ? colors.green(line) : line;
}

/** What is known of why it did not pass, as indented lines. The same of two failures means that they are the same. */
export function failureBody(outcome: Outcome, paint: Paint): string[] {
  const { stdout, stderr, companions } = outcome;
  const isDiffered = outcome.differences.some(({ what }) => what === 'stdout');
  const indented = (line: string): string => `${INDENT}${cutEnd(line, paint.columns - INDENT.length)}`;
  return [
    ...reasons(outcome, paint.columns - INDENT.length).map(indented),
    ...differences(outcome).map((line) => differenceLine(indented(line), paint)),
    ...[...companions.flatMap(companion), ...tail('stderr', stderr)].map(indented),
    ...(isDiffered ? [] : tail('stdout', stdout)).map(indented),
  ];
}

/** The command and the beginning of its input, as indented lines. */
export function failureHow(outcome: Outcome, { colors, columns }: Paint): string[] {
  const how = howText(outcome);
  if (how === '') return [];
  const all = first(lines(how.slice(0, MAX_TAIL)), MAX_INPUT_LINES);
  return all.map((line) => colors.dim(`${INDENT}${cutEnd(line, columns - INDENT.length)}`));
}

/** `✗ suite › job › case (attempt 2)  nonzero-exit, 12ms` */
export function failureTitle(outcome: Outcome, { colors, columns }: Paint): string {
  const { role, status, metrics, verdict } = outcome;
  const mark = verdict === 'error' ? '!' : '✗';
  const happened = [
    // How the program ended is no news when it ended well.
    ...(status === 'ok' ? [] : [status]),
    ...(metrics.wallMs === null ? [] : [rounded(formatMs(metrics.wallMs))]),
  ];
  const end = `  ${happened.join(', ')}`;
  const own = `${role === 'build' ? 'build ' : ''}${titleOf(outcome)}${ordinal(outcome)}`;
  const title = shownTitle(own, columns - end.length - 4);
  return `  ${colors.red(mark)} ${colors.bold(title)}${colors.dim(end)}`;
}
