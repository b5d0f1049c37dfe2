import type { Verdict } from '../../spec/index.js';
import type { Colors } from '../color.js';
import { bar, paintOf } from './bar.js';
import { shortBytes, shortTime } from './figures.js';
import type { Running, ViewState } from './state.js';
import { LOOKS } from './verdicts.js';
import { clip, padded, widthOf } from './width.js';

export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
}

interface Look {
  /** Columns that may be used. */
  readonly width: number;
  readonly nowMs: number;
  readonly colors: Colors;
}

/** Runs shown at most, however tall the terminal is: more lines than these cannot be followed. */
const MAX_RUNS = 24;
/** Lines of the frame that show no run, and one that is left for the cursor. */
const OTHER_LINES = 4;
/** Below this many columns there is no room for bars. */
const MIN_FOR_BARS = 70;

const PERCENT = 5;

/** A full bar must mean that all is done. */
const percent = (share: number): string => `${share < 1 ? Math.floor(share * 100) : 100}%`;

function progressLine({ done, total }: ViewState, { width, colors }: Look): string {
  const share = total === 0 ? 0 : done / total;
  const columns = Math.max(0, width - PERCENT - 1);
  return fitted(`${colors.cyan(bar(share, columns))} ${percent(share).padStart(PERCENT - 1)}`, width);
}

/** Failures first: on a narrow terminal what comes last is left out. */
const ORDER = ['failed', 'error', 'passed', 'skipped'] as const satisfies readonly Verdict[];

type Part = readonly [text: string, paint: (text: string) => string];

function countParts(state: ViewState, { nowMs, colors }: Look): Part[] {
  const plain = (text: string): string => text;
  const eta = state.etaMs(nowMs);
  const counts = ORDER.filter((verdict) => state.verdicts[verdict] > 0).map(
    (verdict): Part => [`${state.verdicts[verdict]} ${verdict}`, colors[LOOKS[verdict].paint]],
  );
  return [
    [`${state.done}/${state.total}`, colors.bold],
    ...counts,
    [shortTime(state.elapsedMs(nowMs)), plain],
    ...(eta === null ? [] : [[`${shortTime(eta)} left`, plain] as const]),
    ...(state.retried === 0 ? [] : [[`${state.retried} retried`, colors.yellow] as const]),
    ...(state.runningCount === 0 ? [] : [[`${state.runningCount} running`, colors.dim] as const]),
  ];
}

const GAP = '  ';

function countsLine(state: ViewState, look: Look): string {
  let used = 0;
  const shown: string[] = [];
  for (const [text, paint] of countParts(state, look)) {
    used += widthOf(text) + (shown.length === 0 ? 0 : GAP.length);
    if (used > look.width) break;
    shown.push(paint(text));
  }
  return shown.join(GAP);
}

interface Gauge {
  readonly name: string;
  readonly used: number | null;
  readonly limit: number | null;
  readonly format: (value: number) => string;
}

const FIGURE = 7;

function gauge({ name, used, limit, format }: Gauge, columns: number, colors: Colors): string {
  const share = used === null || limit === null ? null : used / limit;
  const figure = used === null ? '–' : format(used);
  return `${name} ${paintOf(share, colors)(bar(share, columns))}▏${figure.padStart(FIGURE)}`;
}

function gaugesOf({ cpuMs, memoryBytes, limits }: Running): Gauge[] {
  return [
    { name: 'cpu', used: cpuMs, limit: limits.cpuTimeMs, format: shortTime },
    { name: 'mem', used: memoryBytes, limit: limits.memoryBytes, format: shortBytes },
  ];
}

const ELAPSED = 6;

function runningLine(run: Running, { width, nowMs, colors }: Look): string {
  const elapsedMs = nowMs - run.startedAtMs;
  const share = run.limits.wallTimeMs === null ? 0 : elapsedMs / run.limits.wallTimeMs;
  const elapsed = paintOf(share, colors)(shortTime(elapsedMs).padStart(ELAPSED));
  if (width < MIN_FOR_BARS) return `${padded(run.title, width - ELAPSED - 1)} ${elapsed}`;
  const columns = Math.min(16, Math.floor(width / 10));
  const gauges = gaugesOf(run).map((each) => gauge(each, columns, colors));
  const right = [elapsed, ...gauges];
  const rest = ELAPSED + 2 * (3 + 1 + columns + 1 + FIGURE) + GAP.length * right.length;
  return [padded(run.title, width - rest), ...right].join(GAP);
}

/** Painted text cannot be cut; what is too wide for a terminal of a few columns is left out. */
function fitted(line: string, width: number): string {
  return widthOf(line) <= width ? line : '';
}

/**
 * The live view as lines, none of which is wider than the terminal, and of which there are always fewer than it has
 * rows: however many runs there are, only a window of them is shown.
 */
export function renderFrame(
  state: ViewState,
  { columns, rows }: FrameSize,
  { nowMs, colors }: { readonly nowMs: number; readonly colors: Colors },
): string[] {
  // Not the last column: many terminals would go to the next line after it.
  const look = { width: columns - 1, nowMs, colors };
  const room = Math.max(0, Math.min(MAX_RUNS, rows - OTHER_LINES));
  const runs = state.longestRunning(room);
  const hidden = state.runningCount - runs.length;
  const lines = [
    progressLine(state, look),
    countsLine(state, look),
    ...runs.map((run) => runningLine(run, look)),
    ...(hidden > 0 && room > 0 ? [colors.dim(clip(`… and ${hidden} more`, look.width))] : []),
  ];
  return lines.map((line) => fitted(line, look.width)).slice(0, Math.max(0, rows - 1));
}
