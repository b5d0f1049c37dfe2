import type { HandledSignal } from '../io/io.js';
import { codeOfSignal, OWN_FAULT } from '../run/exit-code.js';
import type { SuiteSummary } from './engine.js';

const ALL_PASSED = 0;
const NOT_ALL_PASSED = 1;

export interface Ended {
  readonly summary: Pick<SuiteSummary, 'ok'>;
  /** Final outcomes that are a fault of Hotcell's own. */
  readonly ownFaults: number;
  readonly interruptedBy: HandledSignal | undefined;
}

/**
 * The exit code of `hotcell test`. An interrupted run says that it was, whatever it had found; after a fault of ours, what
 * was found is not to be relied upon.
 */
export function exitCodeOf({ summary, ownFaults, interruptedBy }: Ended): number {
  if (interruptedBy !== undefined) return codeOfSignal(interruptedBy);
  if (ownFaults > 0) return OWN_FAULT;
  return summary.ok ? ALL_PASSED : NOT_ALL_PASSED;
}
