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

/** What was used of each limit, those without a limit last. */
export function limitTable(input: UseInput): Html {
  const uses = usesOf(input).sort((a, b) => (b.share ?? -1) - (a.share ?? -1));
  return html`<table class="limits"><thead><tr><th scope="col">Limit</th><th scope="col" class="number">used</th><th scope="col" class="number">of</th><th scope="col" class="gauge"><span class="spoken">drawn</span></th><th scope="col" class="number">share</th></tr></thead><tbody>${uses.map(
    ({ name, used, limit, share, format }) =>
      html`<tr><th scope="row">${name}</th><td class="number">${format(used)}</td><td class="number">${limit === null ? 'no limit' : format(limit)}</td><td class="gauge">${shareBar(share)}</td><td class="number">${percent(share)}</td></tr>`,
  )}</tbody></table>`;
}

/** Every figure and where it comes from; why it is missing, where it is. */
export function metricTable(metrics: Metrics): Html {
  return html`<table class="metrics"><thead><tr><th scope="col">Figure</th><th scope="col" class="number">value</th><th scope="col">source</th></tr></thead><tbody>${METRIC_NAMES.map(
    (name) =>
      html`<tr><th scope="row">${METRIC_WORDS[name]}</th><td class="number">${metricText(name, metrics[name])}</td><td class="source">${metrics.sources[name]}</td></tr>`,
  )}</tbody></table>`;
}
