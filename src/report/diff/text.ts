import { formatBytes, formatMs } from '../../core/index.js';
import {
  counted,
  cutEnd,
  type Paint,
  padEnd,
  padStart,
  paintOf,
  rounded,
  shownTitle,
  widthOf,
  wrapped,
} from '../summary/paint.js';
import { oneLine } from '../text/show.js';
import type { CaseChange, DiffSide, Figure, FigureChange, Overall, ReportDiff } from './shape.js';

const MAX_LISTED = 20;

const FIGURE: Readonly<Record<Figure, { readonly name: string; readonly show: (value: number) => string }>> =
  {
    wallMs: { name: 'wall time', show: formatMs },
    cpuMs: { name: 'CPU time', show: formatMs },
    memoryPeakBytes: { name: 'memory', show: formatBytes },
  };

/** `+25%`, `-8%`, `×12` from three times on. */
function shownRatio(ratio: number): string {
  if (ratio >= 3) return `×${Number(ratio.toPrecision(2))}`;
  const change = Math.round((ratio - 1) * 100);
  return `${change >= 0 ? '+' : ''}${change}%`;
}

function section(title: string, lines: readonly string[], { colors }: Paint): string[] {
  if (lines.length === 0) return [];
  const rest = lines.length - MAX_LISTED;
  return [
    colors.bold(`${title} (${lines.length})`),
    ...lines.slice(0, MAX_LISTED).map((line) => `  ${line}`),
    ...(rest > 0 ? [colors.dim(`  … ${rest} more`)] : []),
    '',
  ];
}

function changeLine({ title, before, after, reason }: CaseChange, { colors, columns }: Paint): string {
  const verdicts = before === null ? `new, ${after}` : before === after ? `${after}` : `${before} → ${after}`;
  const room = columns - 4;
  const shown = shownTitle(title, Math.floor(room / 2));
  const rest = oneLine(reason === null ? verdicts : `${verdicts}: ${reason}`);
  return `${shown}  ${colors.dim(cutEnd(rest, room - widthOf(shown)))}`;
}

function figureLine({ title, figure, before, after, ratio, runs }: FigureChange, paint: Paint): string {
  const { colors, columns } = paint;
  const { name, show } = FIGURE[figure];
  const values = `${rounded(show(before))} → ${rounded(show(after))}`;
  const change = padStart(shownRatio(ratio), 6);
  const count = runs[0] === runs[1] ? counted(runs[0], 'run') : `${runs.join(', ')} runs`;
  const middle = `${padEnd(values, 20)}${padEnd(name, 10)}${padEnd(count, 10)}`;
  const shown = shownTitle(title, columns - 52);
  return `${ratio > 1 ? colors.red(change) : colors.green(change)}  ${colors.dim(middle)} ${shown}`;
}

const sideLine = (name: string, { path, startedAt, cases }: DiffSide, { columns }: Paint): string =>
  cutEnd(`${name.padEnd(7)}${oneLine(path)}  ${startedAt}, ${counted(cases, 'case')}`, columns);

function overallLine({ figure, cases, ratio }: Overall): string[] {
  if (ratio === null) return [];
  return [`${FIGURE[figure].name.padEnd(10)} ${shownRatio(ratio)} (median of ${counted(cases, 'case')})`];
}

/** What is noise and what is not, said also when nothing is beyond it. */
function thresholdLines({ overall }: ReportDiff, { colors, columns }: Paint): string[] {
  const lines = overall.flatMap(({ figure, thresholds }) =>
    thresholds.map((threshold) => `* listed: ${FIGURE[figure].name}, ${threshold}`),
  );
  const wrappedLines = lines.flatMap((line) => wrapped(line, columns));
  return lines.length === 0 ? [] : [...wrappedLines.map((line) => colors.dim(line)), ''];
}

function totalLines(diff: ReportDiff, { colors }: Paint): string[] {
  const { newFailures, fixed, stillFailing, noLongerRun, more, less } = diff;
  const verdicts = [
    counted(newFailures.length, 'new failure'),
    `${fixed.length} fixed`,
    `${stillFailing.length} still failing`,
    ...(noLongerRun.length > 0 ? [`${noLongerRun.length} no longer run`] : []),
  ];
  const figures = `${more.length} slower or larger, ${less.length} faster or smaller`;
  const word = diff.ok ? colors.green('NO WORSE') : colors.red('WORSE');
  return [colors.bold(word), `  ${verdicts.join(', ')}`, `  ${figures}`];
}

/** A comparison for people. Text from outside is made harmless. */
export function diffText(diff: ReportDiff, { color = false, columns = 80 } = {}): string {
  const paint = paintOf(color, columns);
  const { colors } = paint;
  const changes = (list: readonly CaseChange[]): string[] => list.map((change) => changeLine(change, paint));
  const titles = (list: readonly string[]): string[] =>
    list.map((title) => shownTitle(title, paint.columns - 4));
  const figures = (list: readonly FigureChange[]): string[] =>
    list.map((change) => figureLine(change, paint));
  const lines = [
    sideLine('Before', diff.before, paint),
    sideLine('After', diff.after, paint),
    ...diff.warnings.map((warning) => colors.yellow(cutEnd(`! ${oneLine(warning)}`, paint.columns))),
    '',
    ...section('New failures', changes(diff.newFailures), paint),
    ...section('No longer run', changes(diff.noLongerRun), paint),
    ...section('Still failing', changes(diff.stillFailing), paint),
    ...section('Fixed', changes(diff.fixed), paint),
    ...section('Newly flaky', titles(diff.newlyFlaky), paint),
    ...section('New', titles(diff.added), paint),
    ...section('Removed', titles(diff.removed), paint),
    ...section('Slower or larger', figures(diff.more), paint),
    ...section('Faster or smaller', figures(diff.less), paint),
    ...thresholdLines(diff, paint),
    ...diff.overall.flatMap(overallLine),
    ...totalLines(diff, paint),
  ];
  return `${lines.join('\n')}\n`;
}
