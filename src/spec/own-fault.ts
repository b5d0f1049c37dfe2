import type { Outcome } from './outcome.js';

/**
 * Whether a run broke off through a fault of Hotcell's own, be it only in its checker or interactor: what it says of the
 * program is not to be relied upon.
 */
export function isOwnFault({ status, companions }: Pick<Outcome, 'status' | 'companions'>): boolean {
  return status === 'internal-error' || companions.some((one) => one.status === 'internal-error');
}
