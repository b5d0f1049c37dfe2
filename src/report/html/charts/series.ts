import type { Series } from '../../../spec/index.js';
import { bytes, count, duration } from '../format.js';
import { type Html, html, NOTHING } from '../markup.js';
import { across, byteTicks, niceTicks } from './scale.js';

/** More points than this cannot be told apart on the widest page. */
const MOST_POINTS = 400;
const HEIGHT = 96;

interface Point {
  readonly atMs: number;
  readonly value: number;
}

interface Line {
  readonly title: string;
  readonly points: readonly Point[];
  /** Null is no limit. */
  readonly limit: number | null;
  readonly format: (value: number) => string;
  readonly ticks: (max: number, most: number) => number[];
}

function pointsOf({ atMs }: Series, values: readonly (number | null)[]): Point[] {
  return atMs.flatMap((at, index) => {
    const value = values[index] ?? null;
    return value === null ? [] : [{ atMs: at, value }];
  });
}

/** Cores in use between two samples: what a total that only ever grows does not show. */
function coresOf(points: readonly Point[]): Point[] {
  return points.slice(1).flatMap(({ atMs, value }, index) => {
    const before = points[index];
    if (before === undefined || atMs <= before.atMs) return [];
    return [{ atMs, value: Math.max(value - before.value, 0) / (atMs - before.atMs) }];
  });
}

/** The highest of each of so many parts: a peak is what a reader looks for. */
function thin(points: readonly Point[]): readonly Point[] {
  if (points.length <= MOST_POINTS) return points;
  const size = points.length / MOST_POINTS;
  return Array.from({ length: MOST_POINTS }, (_, index) =>
    points
      .slice(Math.floor(index * size), Math.floor((index + 1) * size))
      .reduce((top, point) => (point.value > top.value ? point : top)),
  );
}

/** The limit is in the picture only when it is near enough to leave the line readable. */
const shownLimit = (limit: number | null, highest: number): number | null =>
  limit !== null && limit <= highest * 4 ? limit : null;

function pathOf(points: readonly Point[], endMs: number, top: number): string {
  return points
    .map(({ atMs, value }, index) => {
      const [x, y] = [(atMs / endMs) * 1000, 100 - (value / top) * 100];
      return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}

function grid({ ticks, format }: Line, top: number): Html[] {
  return ticks(top, 2)
    .slice(1)
    .map((tick) => {
      const y = across(1 - tick / top);
      return html`<line class="grid" x1="0" x2="100%" y1="${y}" y2="${y}"/><text x="0" y="${y}" dy="-3">${format(tick)}</text>`;
    });
}

function draw(line: Line, endMs: number): Html {
  const points = thin(line.points);
  const highest = points.reduce((top, { value }) => Math.max(top, value), 0);
  const limit = shownLimit(line.limit, highest);
  const top = Math.max(highest, limit ?? 0) * 1.12 || 1;
  const limitAt = limit === null ? null : across(1 - limit / top);
  const path = pathOf(points, endMs, top);
  const [first, last] = [points[0]?.atMs ?? 0, points[points.length - 1]?.atMs ?? 0];
  const area = `${path}L${((last / endMs) * 1000).toFixed(1)} 100L${((first / endMs) * 1000).toFixed(1)} 100z`;
  return html`<figure class="series"><figcaption>${line.title} <span>highest ${line.format(highest)}${limit === null ? '' : `, limit ${line.format(limit)}`}</span></figcaption><svg height="${HEIGHT}" role="img" aria-label="${line.title} over time, highest ${line.format(highest)}"><svg width="100%" height="100%" viewBox="0 0 1000 100" preserveAspectRatio="none"><path class="area" d="${area}"/><path class="curve" d="${path}"/></svg>${grid(line, top)}${
    limitAt === null ? NOTHING : html`<line class="limit" x1="0" x2="100%" y1="${limitAt}" y2="${limitAt}"/>`
  }<line class="axis" x1="0" x2="100%" y1="100%" y2="100%"/></svg><p class="ticks" aria-hidden="true"><span>0</span><span>${duration(endMs / 2)}</span><span>${duration(endMs)}</span></p></figure>`;
}

/** CPU, memory and processes while the program ran; only what was measured at least twice. */
export function seriesCharts(
  series: Series,
  limits: { readonly cpus: number | null; readonly memoryBytes: number | null; readonly pids: number | null },
): Html {
  const endMs = series.atMs.reduce((last, at) => Math.max(last, at), 0);
  const lines: readonly Line[] = [
    {
      title: 'Cores in use',
      points: coresOf(pointsOf(series, series.cpuMs)),
      limit: limits.cpus,
      format: (value) => String(Number(value.toFixed(2))),
      ticks: niceTicks,
    },
    {
      title: 'Memory',
      points: pointsOf(series, series.memoryBytes),
      limit: limits.memoryBytes,
      format: bytes,
      ticks: byteTicks,
    },
    {
      title: 'Processes',
      points: pointsOf(series, series.pids),
      limit: limits.pids,
      format: count,
      ticks: (max, most) => niceTicks(max, most).filter(Number.isInteger),
    },
  ];
  const drawn = lines.filter(({ points }) => points.length >= 2);
  if (drawn.length === 0 || endMs <= 0) return NOTHING;
  return html`<div class="charts">${drawn.map((line) => draw(line, endMs))}</div>`;
}
