import { formatMs } from '../../core/index.js';
import { RegistryFault } from './fault.js';
import type { Internals } from './internals.js';

export const MAX_ATTEMPTS = 5;
const BASE_MS = 500;
const MAX_MS = 15_000;
/** Who asks for more than this is not waited for. */
const MAX_RETRY_AFTER_MS = 60_000;

export interface RetryTools {
  readonly internals: Pick<Internals, 'wait' | 'random' | 'clock'>;
  readonly signal: AbortSignal;
}

/** Doubles up to a cap, half of it by chance, so that many clients do not come back at the same moment. */
export function backoffMs(failures: number, random: number): number {
  const full = Math.min(BASE_MS * 2 ** (failures - 1), MAX_MS);
  return full / 2 + (full / 2) * random;
}

function tooLong(fault: RegistryFault, ms: number): RegistryFault {
  const { host, status, cause } = fault;
  const asks = ms >= Number.MAX_SAFE_INTEGER ? 'very long' : formatMs(ms);
  const problem = `${fault.problem}, and asks to wait ${asks}`;
  return new RegistryFault({ host, problem, status, cause, hint: fault.hint ?? 'try again later' });
}

/**
 * Waits before the next attempt.
 *
 * @param failures how many attempts have failed, this one included
 * @throws the fault itself when another attempt would not help, or was tried often enough
 */
export async function waitToRetry(
  fault: RegistryFault,
  failures: number,
  { internals, signal }: RetryTools,
): Promise<void> {
  if (!fault.transient || failures >= MAX_ATTEMPTS) throw fault;
  const asked = fault.retryAfterMs ?? 0;
  if (asked > MAX_RETRY_AFTER_MS) throw tooLong(fault, asked);
  try {
    await internals.wait(Math.max(asked, backoffMs(failures, internals.random())), signal);
  } finally {
    // The reason of whoever aborted says more than that a timer was.
    signal.throwIfAborted();
  }
}

/** Calls `attempt` until it succeeds or fails for good. */
export async function retrying<T>(attempt: () => Promise<T>, tools: RetryTools): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      tools.signal.throwIfAborted();
      if (!(error instanceof RegistryFault)) throw error;
      await waitToRetry(error, failures, tools);
    }
  }
}
