import type { Bar, Lane } from '../facts/timeline.js';
import { duration, percent, plural } from '../format.js';
import { type Html, html, NOTHING } from '../markup.js';
import { across, anchorAt, durationTicks } from './scale.js';

const ROW_HEIGHT = 14;
const ROW_GAP = 2;
/** More bars than this are joined with their neighbours where the eye could not tell them apart. */
const MOST_BARS = 2000;
const MOST_LANES = 64;

/** Of the whole width; half of what a screen can show. */
const FINEST = 0.0005;

interface Joined extends Bar {
  readonly runs: number;
}

/** Neighbours of one verdict with no gap to be seen between them become one. */
function join(row: readonly Bar[], gapMs: number): Joined[] {
  const joined: Joined[] = [];
  for (const bar of row) {
    const last = joined[joined.length - 1];
    if (last !== undefined && last.verdict === bar.verdict && bar.startMs - last.endMs <= gapMs) {
      joined[joined.length - 1] = {
        ...last,
        endMs: Math.max(last.endMs, bar.endMs),
        runs: last.runs + 1,
      };
    } else joined.push({ ...bar, runs: 1 });
  }
  return joined;
}

function rect({ index, startMs, endMs, verdict, runs }: Joined, place: { y: number; spanMs: number }): Html {
  const width = Math.max((endMs - startMs) / place.spanMs, FINEST * 2);
  const target = runs === 1 ? html` data-go="${index}"` : NOTHING;
  const height = verdict === 'passed' ? ROW_HEIGHT - 2 : ROW_HEIGHT;
  const y = place.y + (ROW_HEIGHT - height) / 2;
  return html`<rect class="${verdict}"${target} x="${across(startMs / place.spanMs)}" y="${y}" width="${across(width)}" height="${height}"/>`;
}

function lane({ worker, rows, busyMs }: Lane, { spanMs, joins }: { spanMs: number; joins: boolean }): Html {
  const height = rows.length * (ROW_HEIGHT + ROW_GAP);
  const runs = rows.reduce((sum, row) => sum + row.length, 0);
  const bars = rows.flatMap((row, number) =>
    (joins ? join(row, spanMs * FINEST) : join(row, Number.NEGATIVE_INFINITY)).map((bar) =>
      rect(bar, { y: number * (ROW_HEIGHT + ROW_GAP), spanMs }),
    ),
  );
  const name = worker === null ? 'elsewhere' : `worker ${worker}`;
  const busy = percent(Math.min(busyMs / spanMs, 1));
  return html`<li><span class="lane">${name}</span><svg height="${height}" role="img" aria-label="${name}: ${plural(runs, 'run')}, busy ${busy} of the time">${bars}</svg><span class="busy">${busy}</span></li>
`;
}

function axis(spanMs: number): Html {
  const marks = durationTicks(spanMs, 5).map((tick) => {
    const share = tick / spanMs;
    return html`<text x="${across(share)}" y="12" text-anchor="${anchorAt(share)}">${tick === 0 ? '0' : duration(tick)}</text>`;
  });
  return html`<li class="scale" aria-hidden="true"><span class="lane"></span><svg height="16">${marks}</svg><span class="busy">busy</span></li>`;
}

/** What ran when: a band for each worker. */
export function gantt(lanes: readonly Lane[], spanMs: number): Html {
  if (lanes.length === 0 || !(spanMs > 0)) return NOTHING;
  const bars = lanes.reduce((sum, { rows }) => rows.reduce((runs, row) => runs + row.length, sum), 0);
  const shown = lanes.slice(0, MOST_LANES);
  const rest = lanes.length - shown.length;
  return html`<ol class="gantt">
${axis(spanMs)}${shown.map((one) => lane(one, { spanMs, joins: bars > MOST_BARS }))}</ol>${
    rest > 0 && html`<p class="aside">${plural(rest, 'further worker')} not shown.</p>`
  }`;
}
