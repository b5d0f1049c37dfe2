import type { Verdict } from '../../../spec/index.js';
import type { ReportStart, Summary } from '../../reporter.js';
import { oneLine } from '../../text/show.js';
import { across } from '../charts/scale.js';
import { brief, count, dateTime, duration, plural } from '../format.js';
import { mark, VERDICT_ORDER, VERDICT_WORDS } from '../marks.js';
import { type Html, html, NOTHING } from '../markup.js';

const MAX_SUITES = 6;

const STOPPED_WORDS: Readonly<Record<NonNullable<Summary['stopped']>, string>> = {
  bail: 'too much had failed',
  cancelled: 'it was cancelled',
  timeout: 'its time was up',
};

/** The whole run in one sentence, the worst of it first. */
function sentenceOf({ verdicts, total, failedBuilds, stopped }: Summary, announced: number): string {
  const bad = verdicts.failed + verdicts.error;
  if (total === 0) return 'Nothing was run';
  if (bad > 0) return `${count(bad)} of ${plural(total, 'case')} did not pass`;
  if (failedBuilds > 0) return `${plural(failedBuilds, 'build')} failed`;
  if (verdicts.skipped > 0)
    return `${count(verdicts.passed)} of ${plural(total, 'case')} passed, the rest was skipped`;
  if (stopped !== null) return `${plural(total, 'case')} passed before the run was stopped`;
  if (total < announced) return `Only ${count(total)} of ${plural(announced, 'case')} left an outcome`;
  return total === 1 ? 'The one case passed' : `All ${plural(total, 'case')} passed`;
}

function remarks({ stopped, failedBuilds, total, ok, verdicts }: Summary, start: ReportStart): string[] {
  const lost = start.total - total;
  const clean = verdicts.failed + verdicts.error + failedBuilds === 0;
  return [
    ...(stopped === null ? [] : [`The run was stopped before its end: ${STOPPED_WORDS[stopped]}.`]),
    ...(failedBuilds > 0
      ? [`${plural(failedBuilds, 'build')} failed; the cases that needed one were skipped.`]
      : []),
    ...(lost > 0 ? [`${plural(lost, 'case')} of ${count(start.total)} announced left no outcome.`] : []),
    ...(!ok && clean && stopped === null && lost <= 0
      ? ['The run as a whole does not count as passed.']
      : []),
  ];
}

function proportions(verdicts: Summary['verdicts'], total: number): Html {
  let x = 0;
  const parts = VERDICT_ORDER.filter((verdict) => verdicts[verdict] > 0).map((verdict) => {
    const width = verdicts[verdict] / total;
    const part = html`<rect class="${verdict}" x="${across(x)}" width="${across(width)}" height="100%"/>`;
    x += width;
    return part;
  });
  return total === 0 ? NOTHING : html`<svg class="proportions" aria-hidden="true">${parts}</svg>`;
}

function tally({ verdicts, flaky }: Summary): Html {
  const entry = (shape: Html, number: number, word: string): Html =>
    html`<li${number === 0 && html` class="zero"`}>${shape} <b>${count(number)}</b> ${word}</li>`;
  const order: readonly Verdict[] = ['passed', 'failed', 'error', 'skipped'];
  return html`<ul class="tally">${order.map((verdict) => entry(mark(verdict), verdicts[verdict], VERDICT_WORDS[verdict]))}${
    flaky.length > 0 &&
    entry(html`<span class="mark flaky" aria-hidden="true">≈</span>`, flaky.length, 'of them flaky')
  }</ul>`;
}

function suiteNames(suites: readonly string[]): string {
  const named = suites.slice(0, MAX_SUITES).map((name) => oneLine(brief(name, 80)));
  const rest = suites.length - named.length;
  return [...named, ...(rest > 0 ? [`${count(rest)} more`] : [])].join(', ');
}

function circumstances({ suites, workers, version, host }: ReportStart, summary: Summary): Html {
  const { points } = summary;
  const entries = [
    ...(points === null ? [] : ([['points', `${points.earned} of ${points.possible}`]] as const)),
    ['took', duration(summary.wallMs)],
    ['started', dateTime(summary.startedAt)],
    ['workers', count(workers)],
    ['on', oneLine(brief(host.hostname, 80))],
    ['Hotcell', version],
    [suites.length === 1 ? 'suite' : 'suites', suiteNames(suites)],
  ] as const;
  return html`<dl class="facts">${entries.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value === '' ? '–' : value}</dd></div>`,
  )}</dl>`;
}

/** What a reader wants to know first. */
export function headline(start: ReportStart, summary: Summary): Html {
  const notes = remarks(summary, start).map((text) => html`<p class="remark">${text}</p>`);
  return html`<header class="headline">
<h1 data-ok="${summary.ok ? 'yes' : 'no'}">${sentenceOf(summary, start.total)}</h1>
${proportions(summary.verdicts, summary.total)}
${tally(summary)}
${notes}${circumstances(start, summary)}
</header>
`;
}
