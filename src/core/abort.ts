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

function rejecting(signal: AbortSignal): { readonly aborted: Promise<never>; readonly stop: () => void } {
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = onAbort(signal, () => reject(signal.reason as Error));
  });
  aborted.catch(() => undefined); // told by whoever races it
  return { aborted, stop };
}

/**
 * The source's values until the signal is aborted, also while it waits for the next, which may never come; then the signal's
 * reason is thrown, and the source told to end, without waiting for it.
 */
export async function* abortable<Value>(
  source: AsyncIterable<Value>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Value, void, undefined> {
  if (signal === undefined) {
    yield* source;
    return;
  }
  const iterator = source[Symbol.asyncIterator]();
  const { aborted, stop } = rejecting(signal);
  try {
    for (;;) {
      const next = await Promise.race([aborted, iterator.next()]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    stop();
    const ended = iterator.return?.();
    if (!signal.aborted) await ended;
    else ended?.catch(() => undefined);
  }
}
