import { setMaxListeners } from 'node:events';

/**
 * Calls `act` when the signal is aborted, at once if it is already. Gives what stops listening. One signal may cancel a
 * thousand runs, so Node's warning about many listeners, which looks for leaks, is turned off for it.
 */
export function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) {
    act();
    return () => undefined;
  }
  setMaxListeners(0, signal);
  signal.addEventListener('abort', act, { once: true });
  return () => signal.removeEventListener('abort', act);
}
