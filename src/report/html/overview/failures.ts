import type { Outcome } from '../../../spec/index.js';
import { endingOf } from '../detail/ending.js';
import { outputBlocks } from '../detail/output.js';
import { differenceBlocks, reasonList } from '../detail/reasons.js';
import type { Row } from '../facts/row.js';
import { count } from '../format.js';
import { spokenMark } from '../marks.js';
import { type Html, html, NOTHING } from '../markup.js';
import { nameOf } from './name.js';

/** More is not read from the top to the bottom; the list has them all. */
const MOST_CARDS = 100;
const MOST_OPEN = 1;
const MAX_OUTPUT = 2000;

function card(row: Row, outcome: Outcome, open: boolean): Html {
  return html`<details class="failure"${open && html` open`}><summary>${spokenMark(row.verdict)}<span class="name">${nameOf(row)}</span><span class="why">${row.reason}</span></summary><div class="body"><p class="ending">${endingOf(outcome)} <a class="scripted" href="#r${row.index}">Everything about it</a></p>${reasonList(outcome, row.reason)}${differenceBlocks(outcome.differences)}${outputBlocks(outcome, MAX_OUTPUT)}</div></details>
`;
}

/** What did not pass, in full, for reading without a script. Builds come first: they explain what follows. */
export class Failures {
  readonly #builds: Html[] = [];
  readonly #cases: Html[] = [];
  #all = 0;

  add(row: Row, outcome: Outcome): void {
    if (row.verdict === 'passed' || row.verdict === 'skipped') return;
    this.#all++;
    const cards = row.build ? this.#builds : this.#cases;
    if (cards.length < MOST_CARDS) cards.push(card(row, outcome, this.#all <= MOST_OPEN));
  }

  section(): Html {
    if (this.#all === 0) return NOTHING;
    const shown = [...this.#builds, ...this.#cases];
    const rest = this.#all - shown.length;
    const more =
      rest > 0 &&
      html`<p class="aside">And ${count(rest)} more; the list below has ${rest === 1 ? 'it' : 'them all'}.</p>`;
    return html`<section id="failures" class="part"><h2>What did not pass</h2><div>${shown}${more}</div></section>
`;
  }
}
