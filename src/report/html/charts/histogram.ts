import type { Verdict } from '../../../spec/index.js';
import { count, plural } from '../format.js';
import { VERDICT_ORDER } from '../marks.js';
import { type Html, html, NOTHING } from '../markup.js';
import { across, anchorAt } from './scale.js';

export interface HistogramInput {
  /** What is counted, as in "Wall time". */
  readonly title: string;
  /** None below zero; what is zero counts as the smallest above it. */
  readonly values: Float64Array;
  /** Of the same length: places in {@link VERDICT_ORDER}. */
  readonly verdicts: Uint8Array;
  readonly format: (value: number) => string;
  readonly ticks: (from: number, to: number) => number[];
}

type Counts = Record<Verdict, number>;

interface Bin {
  readonly from: number;
  readonly to: number;
  readonly counts: Counts;
  readonly total: number;
}

/** What lies beyond is counted at the end of the axis; a microsecond of a second, and a petabyte, lie within. */
const SMALLEST = 1e-6;
const LARGEST = 1e15;

const MOST_BINS = 36;
/** On each side of a column, in its width. */
const GAP = 0.06;
/** Bins of a decade: from these, the finest with which everything fits is taken. */
const FINENESS = [24, 12, 8, 6, 4, 3, 2, 1];
const HEIGHT = 116;
/** Above the columns, for the count of the highest. */
const HEADROOM = 16;

const noCounts = (): Counts => ({ passed: 0, failed: 0, error: 0, skipped: 0 });

function binsOf({ values, verdicts }: HistogramInput): Bin[] {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return [];
  const within = (value: number): number => Math.min(Math.max(value, SMALLEST), LARGEST);
  const least = within(positive.reduce((low, value) => Math.min(low, value)));
  const most = within(positive.reduce((top, value) => Math.max(top, value)));
  const [low, high] = [Math.log10(least), Math.log10(most)];
  const perDecade = FINENESS.find((fine) => (high - low) * fine + 2 <= MOST_BINS) ?? 1;
  const binOf = (value: number): number => Math.floor(Math.log10(value) * perDecade + 1e-9);
  const first = binOf(least);
  const counts = Array.from({ length: binOf(most) - first + 1 }, noCounts);
  for (const [index, value] of values.entries()) {
    const bin = counts[binOf(Math.min(Math.max(value, least), most)) - first];
    const verdict = VERDICT_ORDER[verdicts[index] ?? 0];
    if (bin !== undefined && verdict !== undefined) bin[verdict]++;
  }
  return counts.map((bin, index) => ({
    from: 10 ** ((first + index) / perDecade),
    to: 10 ** ((first + index + 1) / perDecade),
    counts: bin,
    total: VERDICT_ORDER.reduce((sum, verdict) => sum + bin[verdict], 0),
  }));
}

/** What did not pass lies at the bottom, where its height can be compared. */
function column(bin: Bin, place: { x: number; width: number; highest: number }, title: string): Html {
  let y = HEIGHT;
  const parts = VERDICT_ORDER.filter((verdict) => bin.counts[verdict] > 0).map((verdict) => {
    const height = Math.max((bin.counts[verdict] / place.highest) * (HEIGHT - HEADROOM), 1.5);
    y -= height;
    return html`<rect class="${verdict}" x="${across(place.x)}" y="${y.toFixed(1)}" width="${across(place.width)}" height="${height.toFixed(1)}"/>`;
  });
  return html`<g>${parts}<title>${title}</title></g>`;
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(Math.ceil(share * sorted.length), sorted.length) - 1] ?? 0;
}

function words(sorted: Float64Array, format: HistogramInput['format']): Html {
  const figures = [
    ['least', sorted[0] ?? 0],
    ['median', quantile(sorted, 0.5)],
    ['95th percentile', quantile(sorted, 0.95)],
    ['most', sorted[sorted.length - 1] ?? 0],
  ] as const;
  return html`<dl class="quartet">${figures.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${format(value)}</dd></div>`,
  )}</dl>`;
}

/** The scale of the heights in one number, where it belongs. */
function countOf(bins: readonly Bin[], highest: number): Html {
  const at = (bins.findIndex(({ total }) => total === highest) + 0.5) / bins.length;
  return html`<text x="${across(at)}" y="${HEADROOM - 4}" text-anchor="${anchorAt(at)}">${count(highest)}</text>`;
}

function axis(bins: readonly Bin[], { format, ticks }: HistogramInput): Html[] {
  const [from, to] = [bins[0]?.from ?? 1, bins[bins.length - 1]?.to ?? 1];
  return ticks(from, to).map((value) => {
    const at = Math.log(value / from) / Math.log(to / from);
    return html`<line class="axis" x1="${across(at)}" x2="${across(at)}" y1="${HEIGHT}" y2="${HEIGHT + 4}"/><text x="${across(at)}" y="${HEIGHT + 16}" text-anchor="${anchorAt(at)}">${format(value)}</text>`;
  });
}

/** How often which value occurred, on a logarithmic axis, with the figures that people ask for. */
export function histogram(input: HistogramInput): Html {
  const bins = binsOf(input);
  if (bins.length === 0) return NOTHING;
  const { title, format, values } = input;
  const highest = Math.max(...bins.map(({ total }) => total));
  const width = 1 / bins.length;
  const columns = bins.map((bin, index) => {
    const range = `${format(bin.from)} to ${format(bin.to)}: ${plural(bin.total, 'run')}`;
    const place = { x: (index + GAP) * width, width: width * (1 - 2 * GAP), highest };
    return bin.total === 0 ? NOTHING : column(bin, place, range);
  });
  const described = `${title}: distribution of ${plural(values.length, 'value')}, logarithmic axis`;
  return html`<figure class="histogram"><figcaption>${title}</figcaption><svg height="${HEIGHT + 18}" role="img" aria-label="${described}"><line class="axis" x1="0" x2="100%" y1="${HEIGHT}" y2="${HEIGHT}"/>${columns}${countOf(bins, highest)}${axis(bins, input)}</svg>${words(values.slice().sort(), format)}</figure>
`;
}
