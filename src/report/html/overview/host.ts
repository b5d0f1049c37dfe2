import type { HostReport, ReportStart, Summary } from '../../reporter.js';
import { oneLine } from '../../text/show.js';
import { bytes, count, decimal, duration } from '../format.js';
import { type Html, html } from '../markup.js';

const figure = (value: number | null, digits: number): string =>
  value === null ? '–' : decimal(value, digits);

/** What was lost meanwhile; null when it is not known. */
const grown = (before: number | null, after: number | null): number | null =>
  before === null || after === null ? null : Math.max(after - before, 0);

function machine({ cpuModel, cpuCount, smt, governor, memoryBytes, swapBytes, kernel }: HostReport): Html {
  const entries = [
    ['processor', `${cpuModel}, ${count(cpuCount)} CPUs`],
    ['SMT', smt === null ? 'not known' : smt ? 'on' : 'off'],
    ['governor', governor ?? 'not known'],
    ['memory', `${bytes(memoryBytes)}, swap ${swapBytes === 0 ? 'off' : bytes(swapBytes)}`],
    ['kernel', kernel],
  ] as const;
  return html`<dl class="facts">${entries.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${oneLine(value)}</dd></div>`,
  )}</dl>`;
}

function noise(before: HostReport, after: HostReport): Html {
  const rows = [
    ['load, one minute', figure(before.load, 2), figure(after.load, 2)],
    ...(['cpu', 'memory', 'io'] as const).map(
      (of) =>
        [
          `waiting for ${{ cpu: 'CPU', memory: 'memory', io: 'disk' }[of]}, % of 10 s`,
          figure(before.pressure[of], 1),
          figure(after.pressure[of], 1),
        ] as const,
    ),
  ] as const;
  return html`<table class="noise"><thead><tr><th scope="col">Noise</th><th scope="col" class="number">at the start</th><th scope="col" class="number">at the end</th></tr></thead><tbody>${rows.map(
    ([name, first, last]) =>
      html`<tr><th scope="row">${name}</th><td class="number">${first}</td><td class="number">${last}</td></tr>`,
  )}</tbody></table>`;
}

const LOSSES = {
  stealMs: 'the hypervisor took CPU time away',
  throttledMs: 'a CPU limit held Hotcell itself back',
} as const;

function lossLine(key: keyof typeof LOSSES, before: HostReport, after: HostReport): string {
  const ms = grown(before[key], after[key]);
  if (ms === null) return `Whether ${LOSSES[key]} is not known.`;
  return ms === 0 ? '' : `Meanwhile ${LOSSES[key]}: ${duration(ms)}.`;
}

function losses(before: HostReport, after: HostReport): Html {
  const lines = (['stealMs', 'throttledMs'] as const)
    .map((key) => lossLine(key, before, after))
    .filter((line) => line !== '');
  const text =
    lines.length > 0 ? lines.join(' ') : 'No CPU time was lost to a hypervisor or a limit of Hotcell itself.';
  return html`<p class="aside">${text}</p>`;
}

/** How far the figures can be trusted. */
export function hostSection({ host }: ReportStart, summary: Summary): Html {
  return html`<section id="host" class="part"><h2>Machine</h2><div>${machine(host)}${noise(host, summary.host)}${losses(host, summary.host)}</div></section>
`;
}
