import type { Companion, Outcome } from '../../../spec/index.js';
import { STATUS_WORDS } from '../marks.js';

type Ended = Pick<Outcome | Companion, 'status' | 'exitCode' | 'signal' | 'killedBy'>;

/** `exited with 3`, `ended by SIGSEGV`, `ran out of time`: what happened, without a judgement. */
export function endingOf({ status, exitCode, signal }: Ended): string {
  if (status === 'nonzero-exit' && exitCode !== null) return `exited with ${exitCode}`;
  if (status === 'signaled' && signal !== null) return `ended by ${signal}`;
  return STATUS_WORDS[status];
}
