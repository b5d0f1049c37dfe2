import type { Outcome } from '../../spec/index.js';
import { head } from './show.js';

/** Of the one reason that stands for all of them. */
const MAX_REASON = 4096;

/** Why it did not pass, in short; what happened when nothing more is known. May hold any character. */
export function reasonOf({ failures, message, status }: Outcome): string {
  return head(failures[0] ?? message ?? status, MAX_REASON);
}

/** Everything that is known of why it did not pass: the reasons, then the differences. May hold any character. */
export function detailsOf({ failures, message, differences, status }: Outcome): string {
  const reasons = failures.length > 0 ? failures : [message ?? status];
  const also = failures.length > 0 && message !== null && !failures.includes(message) ? [message] : [];
  return [...reasons, ...also, ...differences.map(({ what, text }) => `${what}:\n${text}`)].join('\n');
}

/** ` (attempt 2)`, ` (repeat 3)`, or nothing for the first of the first. */
export function ordinal({ attempt, repeat }: Pick<Outcome, 'attempt' | 'repeat'>): string {
  const parts = [...(repeat > 1 ? [`repeat ${repeat}`] : []), ...(attempt > 1 ? [`attempt ${attempt}`] : [])];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
