import type { Difference, Outcome } from '../../../spec/index.js';
import { cut, plural } from '../format.js';
import { type Html, html, NOTHING } from '../markup.js';

const MAX_REASONS = 20;
const MAX_REASON = 4096;
const MAX_DIFFERENCES = 10;
const MAX_DIFFERENCE = 8192;

const LINE_CLASSES: Readonly<Record<string, string>> = { '+': 'plus', '-': 'minus', '@': 'place' };

function line(text: string): Html {
  const name = LINE_CLASSES[text[0] ?? ''];
  return name === undefined ? html`${text}\n` : html`<span class="${name}">${text}\n</span>`;
}

/** A text whose lines begin with `-`, `+` or a blank, as in every diff. */
function diffText(text: string): Html {
  const { head, missing } = cut(text, MAX_DIFFERENCE);
  const rest = missing > 0 && html`<span class="place">… ${plural(missing, 'more character')}</span>`;
  return html`<pre class="diff" tabindex="0" aria-label="difference">${head.split('\n').map(line)}${rest}</pre>`;
}

/** What a difference begins with, unless its text says so itself. */
function heading({ what, compare, line: row, column }: Difference): string {
  const place = row === null ? '' : column === null ? `, line ${row}` : `, line ${row}, column ${column}`;
  return `${what}${place} (compared by ${compare})`;
}

function sides({ expected, actual }: Difference): Html {
  if (expected === null && actual === null) return NOTHING;
  const side = (text: string | null): string => (text === null ? 'nothing' : cut(text, MAX_REASON).head);
  return html`<dl class="pair"><div><dt>expected</dt><dd>${side(expected)}</dd></div><div><dt>got</dt><dd>${side(actual)}</dd></div></dl>`;
}

function difference(entry: Difference): Html {
  const [first = '', ...rest] = entry.text.split('\n');
  const titled = first.startsWith(entry.what);
  const lines = titled ? rest.join('\n') : entry.text;
  const title = titled ? cut(first, MAX_REASON).head : heading(entry);
  return html`<section class="difference"><h3>${title}</h3>${lines === '' ? sides(entry) : diffText(lines)}</section>`;
}

/** Where what was written differs from what was expected. */
export function differenceBlocks(differences: readonly Difference[]): Html {
  const rest = differences.length - MAX_DIFFERENCES;
  return html`${differences.slice(0, MAX_DIFFERENCES).map(difference)}${rest > 0 && html`<p class="aside">And ${plural(rest, 'more difference')}.</p>`}`;
}

type Why = Pick<Outcome, 'failures' | 'message' | 'verdict' | 'status'>;

/** Why it did not pass; what was said of it, if it did. */
function reasonLines({ failures, message }: Why): readonly string[] {
  const all = message === null || failures.includes(message) ? failures : [...failures, message];
  const rest = all.length - MAX_REASONS;
  return [
    ...all.slice(0, MAX_REASONS).map((text) => cut(text, MAX_REASON).head),
    ...(rest > 0 ? [`and ${plural(rest, 'more reason')}`] : []),
  ];
}

/** @param said what was said right above already */
export function reasonList(why: Why, said: string | null = null): Html {
  const lines = reasonLines(why).filter((text) => text !== said);
  return lines.length === 0
    ? NOTHING
    : html`<ul class="reasons">${lines.map((text) => html`<li>${text}</li>`)}</ul>`;
}
