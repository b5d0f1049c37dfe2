import type { Outcome } from '../../spec/index.js';
import { head } from './show.js';

/** Of the one reason that stands for all of them. */
const MAX_REASON = 4096;

/** Why it did not pass, the first reason with all its lines; what happened when nothing more is known. May hold any character. */
export function firstReason({ failures, message, status }: Outcome): string {
  return head(failures[0] ?? message ?? status, MAX_REASON);
}

/** The same in one line, as far as it goes: what a checker says may have several. May hold any other character. */
export function reasonOf(outcome: Outcome): string {
  const [first = '', ...more] = firstReason(outcome).split('\n');
  return more.length === 0 ? first : `${first} …`;
}

/** The reasons, each once: the message is often part of one of them already. May hold any character. */
export function reasonsOf({ failures, message, status }: Outcome): string[] {
  if (failures.length === 0) return [message ?? status];
  const isNews = message !== null && !failures.some((failure) => failure.includes(message));
  return isNews ? [...failures, message] : failures;
}

/** Everything that is known of why it did not pass: the reasons, then the differences. May hold any character. */
export function detailsOf(outcome: Outcome): string {
  return [...reasonsOf(outcome), ...outcome.differences.map(({ text }) => text)].join('\n');
}

/** ` (attempt 2)`, ` (repeat 3)`, or nothing for the first of the first. */
export function ordinal({ attempt, repeat }: Pick<Outcome, 'attempt' | 'repeat'>): string {
  const parts = [...(repeat > 1 ? [`repeat ${repeat}`] : []), ...(attempt > 1 ? [`attempt ${attempt}`] : [])];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
