import { shareBar } from '../charts/bar.js';
import { gantt } from '../charts/gantt.js';
import { histogram } from '../charts/histogram.js';
import { decadeTicks, doublingTicks } from '../charts/scale.js';
import type { Facts } from '../facts/facts.js';
import type { Row } from '../facts/row.js';
import { bytes, duration, percent } from '../format.js';
import { mark, spokenMark, VERDICT_ORDER, VERDICT_WORDS } from '../marks.js';
import { type Html, html, NOTHING, type Part } from '../markup.js';
import { nameOf } from './name.js';

const part = (id: string, title: string, content: Part): Html =>
  html`<section id="${id}" class="part"><h2>${title}</h2><div>${content}</div></section>
`;

const legend = (): Html =>
  html`<ul class="legend" aria-label="Legend">${VERDICT_ORDER.filter((verdict) => verdict !== 'skipped').map(
    (verdict) => html`<li>${mark(verdict)} ${VERDICT_WORDS[verdict]}</li>`,
  )}</ul>`;

/** When which worker ran what. */
export function timelineSection({ timeline }: Facts, wallMs: number): Html {
  const spanMs = Math.max(wallMs, timeline.endMs);
  const drawn = gantt(timeline.lanes(), spanMs);
  return drawn === NOTHING ? NOTHING : part('timeline', 'Timeline', html`${legend()}${drawn}`);
}

/** How time and memory are spread over the cases. */
export function distributionSection({ wall, cpu, memory }: Facts): Html {
  const drawn = (
    [
      ['Wall time', wall, duration, decadeTicks],
      ['CPU time', cpu, duration, decadeTicks],
      ['Peak memory', memory, bytes, doublingTicks],
    ] as const
  ).map(([title, { values, verdicts }, format, ticks]) =>
    histogram({ title, values, verdicts, format, ticks }),
  );
  return drawn.every((one) => one === NOTHING)
    ? NOTHING
    : part('distributions', 'Distributions', html`<div class="charts">${drawn}</div>`);
}

interface Ranking {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly figure: (row: Row) => string;
  readonly share: (row: Row) => number | null;
  readonly ofLimit: boolean;
}

function ranking({ title, rows, figure, share, ofLimit }: Ranking): Html {
  if (rows.length === 0) return NOTHING;
  const entries = rows.map(
    (row) =>
      html`<li>${spokenMark(row.verdict)}<a href="#r${row.index}" class="name">${nameOf(row)}</a><span class="number">${figure(row)}</span>${shareBar(share(row), ofLimit)}</li>`,
  );
  return html`<div class="ranking"><h3>${title}</h3><ol>${entries}</ol></div>`;
}

/** Which cases took longest, and which came nearest to a limit. */
export function rankingSection({ longest, nearest }: Facts): Html {
  const most = longest.items[0]?.wallMs ?? 0;
  const rankings = [
    ranking({
      title: 'Longest',
      rows: longest.items,
      figure: ({ wallMs }) => duration(wallMs),
      share: ({ wallMs }) => (wallMs === null || most === 0 ? null : wallMs / most),
      ofLimit: false,
    }),
    ranking({
      title: 'Nearest to a limit',
      rows: nearest.items,
      figure: ({ share, shareOf }) => `${shareOf} ${percent(share)}`,
      share: ({ share }) => share,
      ofLimit: true,
    }),
  ];
  if (rankings.every((one) => one === NOTHING)) return NOTHING;
  return part('extremes', 'Extremes', html`<div class="rankings">${rankings}</div>`);
}

const MAX_FLAKY = 50;

/** What passed only after it had not. */
export function flakySection(flaky: readonly string[]): Html {
  if (flaky.length === 0) return NOTHING;
  const rest = flaky.length - MAX_FLAKY;
  const names = flaky.slice(0, MAX_FLAKY).map((name) => html`<li>${name}</li>`);
  return part(
    'flaky',
    'Flaky',
    html`<p>Passed, but not at the first attempt.</p><ul class="names">${names}</ul>${rest > 0 && html`<p class="aside">And ${rest} more.</p>`}`,
  );
}
