/** The page of one run, built here and put into the document by its script when somebody asks for it. */
import type { Companion, Outcome, Verdict } from '../../../spec/index.js';
import { seriesCharts } from '../charts/series.js';
import { type Naming, nameParts } from '../facts/row.js';
import { bytes, cut, dateTime, plural } from '../format.js';
import { mark, VERDICT_WORDS } from '../marks.js';
import { type Html, html, NOTHING, type Part } from '../markup.js';
import { endingOf } from './ending.js';
import { limitTable, metricTable } from './figures.js';
import { howBlock, outputBlocks } from './output.js';
import { differenceBlocks, reasonList } from './reasons.js';

/** What is said of an earlier attempt. */
export interface Earlier {
  readonly index: number;
  readonly attempt: number;
  readonly verdict: Verdict;
  readonly reason: string;
}

const MAX_LISTED = 50;
const MAX_NAME = 1000;
const MAX_COMPANIONS = 8;

const ROLE_WORDS: Readonly<Record<Outcome['role'], string>> = {
  program: 'Program',
  build: 'Build',
  checker: 'Checker',
  interactor: 'Interactor',
};

const WHOLE_NAME: Naming = { withSuite: true };

const section = (title: string, content: Part): Html =>
  html`<section><h2>${title}</h2><div>${content}</div></section>`;

const verdictWord = (verdict: Verdict): Html =>
  html`<strong class="verdict ${verdict}">${mark(verdict)} ${VERDICT_WORDS[verdict]}</strong>`;

/** At most so many of a list, and how many more there are. */
function listed<T>(items: readonly T[], show: (item: T) => Html): Html {
  const rest = items.length - MAX_LISTED;
  return html`${items.slice(0, MAX_LISTED).map(show)}${rest > 0 && html`<p class="aside">And ${plural(rest, 'more', 'more')}.</p>`}`;
}

function facts(outcome: Outcome): Html {
  const { isolation, worker, startedAt, id, points, verdict } = outcome;
  const labels = Object.entries(outcome.labels).slice(0, MAX_LISTED);
  const entries: readonly (readonly [string, Part])[] = [
    ...(points === null ? [] : [['points', `${verdict === 'passed' ? points : 0} of ${points}`] as const]),
    ['started', dateTime(startedAt)],
    ['ran in', worker === null ? 'no place of the pool' : `worker ${worker}`],
    ['isolation', `${isolation.level}, tier ${isolation.tier}`],
    ...(isolation.degraded.length > 0
      ? [['went without', isolation.degraded.slice(0, MAX_LISTED).join('; ')] as const]
      : []),
    ...labels.map(([key, value]) => [`label ${cut(key, 100).head}`, cut(value, MAX_NAME).head] as const),
    ['id', id],
  ];
  return html`<dl class="facts">${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function heading(outcome: Outcome): Html {
  const { attempt, repeat, final, verdict, role } = outcome;
  const which = [
    role !== 'program' && ROLE_WORDS[role],
    repeat > 1 && `repeat ${repeat}`,
    (attempt > 1 || !final) && `attempt ${attempt}${final ? '' : ', another followed'}`,
  ].filter((part) => part !== false);
  const { prefix, name } = nameParts(outcome, WHOLE_NAME);
  return html`<h1 tabindex="-1"><span class="prefix">${prefix}</span>${name}</h1><p class="ending">${verdictWord(verdict)} <span>${[endingOf(outcome), ...which].join(' · ')}</span></p>`;
}

function earlierList(earlier: readonly Earlier[]): Html {
  const rows = listed(
    earlier,
    ({ index, attempt, verdict, reason }) =>
      html`<li>${verdictWord(verdict)} <a href="#r${index}">attempt ${attempt}</a> <span>${reason}</span></li>`,
  );
  return html`<ul class="attempts">${rows}</ul>`;
}

function outputFiles({ outputs }: Outcome): Html {
  const rows = outputs.slice(0, MAX_LISTED).map(({ path, bytes: size, sha256, error }) => {
    const rest = error === null ? html`<code>${sha256}</code>` : html`not kept: ${cut(error, MAX_NAME).head}`;
    return html`<tr><th>${cut(path, MAX_NAME).head}<td>${bytes(size)}<td>${rest}`;
  });
  return html`<table class=metrics><thead><tr><th>File<th>size<th>SHA-256<tbody>${rows}</table>`;
}

function companion(one: Companion, maxOutput: number): Html {
  return html`<details class="companion"${one.verdict !== 'passed' && html` open`}><summary>${verdictWord(one.verdict)} <span>${ROLE_WORDS[one.role]} ${endingOf(one)}</span></summary>${reasonList(one)}${howBlock(one)}${outputBlocks(one, maxOutput)}${limitTable(one)}</details>`;
}

/** @param maxOutput characters of each stream that are kept; 0 leaves them out */
export function outcomePage(outcome: Outcome, earlier: readonly Earlier[], maxOutput: number): Html {
  const { differences, companions, series, outputs, metrics, limits } = outcome;
  const charts = series === null ? NOTHING : seriesCharts(series, limits);
  const reasons = reasonList(outcome);
  const how = howBlock(outcome);
  return html`${heading(outcome)}${reasons}${differenceBlocks(differences)}${
    earlier.length > 0 && section('Earlier attempts', earlierList(earlier))
  }${how !== NOTHING && section('Command', how)}${section('Output', outputBlocks(outcome, maxOutput))}${
    companions.length > 0 &&
    section(
      'Served by',
      companions.slice(0, MAX_COMPANIONS).map((one) => companion(one, maxOutput)),
    )
  }${section('Use of the limits', limitTable(outcome))}${
    charts !== NOTHING && section('As it went on', charts)
  }${outputs.length > 0 && section('Files', outputFiles(outcome))}${section(
    'All figures',
    metricTable(metrics),
  )}${section('Circumstances', facts(outcome))}`;
}
