import type { Outcome } from '../../spec/index.js';
import type { Colors } from '../color.js';
import { titleOf } from '../title.js';
import { shortTime } from './figures.js';
import { isCounted } from './state.js';
import { LOOKS } from './verdicts.js';
import { clip } from './width.js';

/** Why it did not pass, in a few words. */
function because({ failures, message, status }: Outcome): string {
  return failures[0] ?? message ?? status;
}

const role = ({ role: name }: Outcome): string => (name === 'program' ? '' : `${name} of `);

function details(outcome: Outcome): string {
  const { verdict, metrics, attempt, repeat } = outcome;
  const again = [repeat > 1 ? `repetition ${repeat}` : '', attempt > 1 ? `attempt ${attempt}` : ''];
  const why = verdict === 'passed' ? '' : because(outcome).split('\n', 1)[0];
  const took = metrics.wallMs === null ? '' : shortTime(metrics.wallMs);
  return [...again, why, took].filter(Boolean).join(', ');
}

/** A build is only news when it did not pass, since its cases never run then. */
export const isNews = (outcome: Outcome): boolean =>
  isCounted(outcome) || (outcome.role === 'build' && outcome.final && outcome.verdict !== 'passed');

/** One outcome as one line of at most `columns` columns: `✗ sum › big  stdout: line 3 differs, 12ms`. */
export function noticeLine(outcome: Outcome, columns: number, colors: Colors): string {
  const { mark, paint } = LOOKS[outcome.verdict];
  const rest = details(outcome);
  const text = clip(`${role(outcome)}${titleOf(outcome)}${rest === '' ? '' : `: ${rest}`}`, columns - 2);
  return `${colors[paint](mark)} ${text}`;
}
