/** Faults of ours that may be gone the next time: a launcher or a thread that died. What programs do is never one. */
import type { ErrorCode } from '../core/index.js';
import { type ErrorData, errorFrom, type Reply, type WorkResult } from './messages.js';

/** How often something is tried altogether. */
const ATTEMPTS = 3;

/** A thread died, or does not answer, with this work under way in it. */
export class ThreadLost extends Error {
  override readonly name = 'ThreadLost';
}

/** Whether it may go better another time. What is wrong with the job or with this host stays wrong. */
const MAY_PASS: Readonly<Record<ErrorCode, boolean>> = {
  'invalid-spec': false,
  'invalid-usage': false,
  'launcher-not-found': false,
  'launcher-failed': true,
  'protocol-error': true,
  'isolation-unavailable': false,
  'bad-archive': false,
  'image-not-found': false,
  'image-in-use': false,
  registry: false,
  io: false,
  closed: true,
  internal: false,
};

type Tried = Reply | { readonly kind: 'lost'; readonly error: ErrorData };

const mayPass = ({ code }: ErrorData): boolean => code === null || MAY_PASS[code];

function isFault(tried: Tried): boolean {
  if (tried.kind !== 'done') return tried.kind === 'lost' || mayPass(tried.error);
  const { status, companions } = tried.result.outcome;
  return [status, ...companions.map((one) => one.status)].includes('internal-error');
}

type Act = (alone: boolean) => Promise<Reply>;

async function attempt(act: Act, alone: boolean): Promise<Tried> {
  try {
    return await act(alone);
  } catch (error) {
    if (!(error instanceof ThreadLost)) throw error;
    return { kind: 'lost', error: { code: 'internal', message: error.message, hint: undefined } };
  }
}

export interface RetryOptions {
  /** Once it is aborted nothing is tried again. */
  readonly signal: AbortSignal;
  /** Resolves when it is time to try again. */
  readonly pause: () => Promise<void>;
}

/**
 * Tries again after a fault of ours, three times altogether; then the last fault is the result, as an outcome
 * `internal-error` if there is one.
 *
 * @param act told whether to run it where nothing else runs: who lost its thread twice may have killed it, or may have been
 *   beside who did
 * @throws HotcellError
 */
export async function withRetries(act: Act, { signal, pause }: RetryOptions): Promise<WorkResult> {
  let tried = await attempt(act, false);
  for (let left = ATTEMPTS - 1; left > 0 && isFault(tried) && !signal.aborted; left--) {
    await pause();
    if (!signal.aborted) tried = await attempt(act, left === 1 && tried.kind === 'lost');
  }
  if (tried.kind !== 'done') throw errorFrom(tried.error);
  return tried.result;
}
