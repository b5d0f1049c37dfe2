import { type Row, rowData } from '../facts/row.js';
import { mibColumn, msColumn, percent } from '../format.js';
import { spokenMark } from '../marks.js';
import { blockJson, type Html, html, type Part } from '../markup.js';
import { nameOf } from './name.js';

/** What can be chosen above the list; the values are those of the page's script. */
const CHOICES = [
  ['all', 'All'],
  ['failed', 'Failed'],
  ['error', 'In error'],
  ['skipped', 'Skipped'],
  ['passed', 'Passed'],
  ['flaky', 'Flaky'],
  ['build', 'Builds'],
] as const;

const choices = (): Html =>
  html`<fieldset class="choices"><legend class="spoken">Show</legend>${CHOICES.map(
    ([value, word]) =>
      html`<label><input type="radio" name="show" value="${value}"${value === 'all' && html` checked`}><span>${word} <b></b></span></label>`,
  )}</fieldset>`;

const COLUMNS = [
  ['name', 'Case', ''],
  ['wall', 'Time, ms', 'number'],
  ['cpu', 'CPU, ms', 'number wide'],
  ['memory', 'Memory, MiB', 'number'],
  ['share', 'Nearest limit', 'number'],
] as const;

const head = (cell: (name: string, word: string) => Part): Html =>
  html`<thead role="rowgroup"><tr role="row">${COLUMNS.map(([name, word, kind]) => html`<th scope="col" role="columnheader" class="${kind}" data-column="${name}">${cell(name, word)}</th>`)}</tr></thead>`;

/** The list as the page's script fills it: a part at a time, however long it is. */
function scripted(): Html {
  return html`<div class="scripted" id="list" hidden>
<div class="tools"><label class="search"><span class="spoken">Search names, reasons and labels</span><input type="search" id="search" placeholder="Search names, reasons, labels" autocomplete="off" spellcheck="false"></label>${choices()}</div>
<p class="aside" id="found" role="status"></p>
<table class="cases" role="table"><caption class="spoken">Cases</caption>${head((name, word) => html`<button type="button" data-sort="${name}">${word}</button>`)}<tbody id="rows" role="rowgroup"></tbody></table>
<button type="button" id="more" hidden>Show more</button>
</div>
`;
}

/** The same line for readers without a script. */
export function plainRow(row: Row): string {
  const why = row.reason !== '' && html`<span class="why">${row.reason}</span>`;
  return html`<tr><td>${spokenMark(row.verdict)}<span class="name">${nameOf(row)}</span>${why}</td><td class="number ms">${msColumn(row.wallMs)}</td><td class="number wide">${msColumn(row.cpuMs)}</td><td class="number mib">${mibColumn(row.memoryBytes)}</td><td class="number">${row.share !== null && `${row.shareOf} ${percent(row.share)}`}</td></tr>
`.text;
}

export const rowJson = (row: Row): string => blockJson(rowData(row));

export const LIST_BEGIN: Html = html`<section id="cases" class="part broad"><h2>Cases</h2><div>${scripted()}<noscript><table class="cases"><caption class="spoken">Cases</caption>${head((_, word) => word)}<tbody>
`;

export const LIST_END: Html = html`</tbody></table></noscript></div></section>
`;
