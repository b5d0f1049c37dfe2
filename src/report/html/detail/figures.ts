import { METRIC_NAMES, type MetricName, type Metrics } from '../../../spec/index.js';
import { shareBar } from '../charts/bar.js';
import { type UseInput, usesOf } from '../facts/limits.js';
import { bytes, count, duration, percent } from '../format.js';
import { type Html, html } from '../markup.js';

/** In words; the unit is in the figure. Total, so that no figure is forgotten. */
const METRIC_WORDS: Readonly<Record<MetricName, string>> = {
  wallMs: 'wall time',
  cpuMs: 'CPU time',
  cpuUserMs: 'CPU time, user',
  cpuSystemMs: 'CPU time, system',
  memoryPeakBytes: 'peak memory',
  pidsPeak: 'most processes',
  oomKills: 'kills for want of memory',
  pidsLimitHits: 'refused processes',
  throttledMs: 'held back by the CPU rate',
  ioReadBytes: 'read',
  ioWriteBytes: 'written',
  voluntarySwitches: 'voluntary switches',
  involuntarySwitches: 'involuntary switches',
  diskUsedBytes: 'disk in use',
  inodesUsed: 'files made',
  queueMs: 'waited for a place',
  setupMs: 'setting up',
  teardownMs: 'tearing down',
};

function metricText(name: MetricName, value: number | null): string {
  if (name.endsWith('Ms')) return duration(value);
  return name.endsWith('Bytes') ? bytes(value) : count(value);
}

// These tables are most of what a page weighs, ten thousand times over: end tags that HTML lets out are left out, and what
// a column looks like is said once, in the style.

/** What was used of each limit, those without a limit last. */
export function limitTable(input: UseInput): Html {
  const uses = usesOf(input).sort((a, b) => (b.share ?? -1) - (a.share ?? -1));
  return html`<table class=limits><thead><tr><th>Limit<th>used<th>of<th>share<th><span class=spoken>drawn</span><tbody>${uses.map(
    ({ name, used, limit, share, format }) =>
      html`<tr><th>${name}<td>${format(used)}<td>${limit === null ? 'none' : format(limit)}<td>${percent(share)}<td>${shareBar(share)}`,
  )}</table>`;
}

/** Every figure and where it comes from; why it is missing, where it is. */
export function metricTable(metrics: Metrics): Html {
  return html`<table class=metrics><thead><tr><th>Figure<th>value<th>source<tbody>${METRIC_NAMES.map(
    (name) =>
      html`<tr><th>${METRIC_WORDS[name]}<td>${metricText(name, metrics[name])}<td>${metrics.sources[name]}`,
  )}</table>`;
}
