/** What says how it went: a shape and a word, the colour only comes on top. */
import type { Status, Verdict } from '../../spec/index.js';
import { type Html, html, raw } from './markup.js';

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  passed: 'passed',
  failed: 'failed',
  error: 'in error',
  skipped: 'skipped',
};

/** Worst first: the order of every list and chart. */
export const VERDICT_ORDER: readonly Verdict[] = ['failed', 'error', 'skipped', 'passed'];

export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  ok: 'exited with 0',
  'nonzero-exit': 'exited with another code than 0',
  signaled: 'ended by a signal',
  'cpu-time-exceeded': 'used up its CPU time',
  'wall-time-exceeded': 'ran out of time',
  'memory-exceeded': 'ran out of memory',
  'output-exceeded': 'wrote too much',
  'syscall-denied': 'made a forbidden system call',
  cancelled: 'cancelled',
  'start-failed': 'could not be started',
  'internal-error': 'fault of Hotcell',
};

/** Disc with a tick, square with a cross, triangle with a bar, ring with a dash: told apart without any colour. */
const SHAPES: Readonly<Record<Verdict, string>> = {
  passed: '<circle cx="8" cy="8" r="7"/><path class="ink" d="M4.6 8.3 7 10.7l4.4-5.1"/>',
  failed: '<rect x="1.5" y="1.5" width="13" height="13" rx="1.5"/><path class="ink" d="m5 5 6 6m0-6-6 6"/>',
  error: '<path d="M8 .9 15.6 14.6H.4z"/><path class="ink" d="M8 5.6v4.2m0 2v.6"/>',
  skipped: '<circle class="hollow" cx="8" cy="8" r="6.2"/><path class="line" d="M5 8h6"/>',
};

/** Defined once in the page, used by reference. */
export const SYMBOLS: Html = raw(
  `<svg class="symbols" aria-hidden="true" focusable="false">${Object.entries(SHAPES)
    .map(([name, shape]) => `<symbol id="m-${name}" viewBox="0 0 16 16">${shape}</symbol>`)
    .join('')}</svg>`,
);

/** The shape alone, hidden from screen readers: a word must stand beside it. */
export const mark = (verdict: Verdict): Html => MARKS[verdict];

const MARKS: Readonly<Record<Verdict, Html>> = {
  passed: markOf('passed'),
  failed: markOf('failed'),
  error: markOf('error'),
  skipped: markOf('skipped'),
};

function markOf(verdict: Verdict): Html {
  return html`<svg class="mark ${verdict}" aria-hidden="true"><use href="#m-${verdict}"/></svg>`;
}

/** The shape, and the word for those who do not see it. */
export const spokenMark = (verdict: Verdict): Html =>
  html`${mark(verdict)}<span class="spoken">${VERDICT_WORDS[verdict]}: </span>`;
