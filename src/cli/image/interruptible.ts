import type { HandledSignal, Io } from '../io/io.js';
import { codeOfSignal } from '../run/exit-code.js';

/**
 * Lets a signal break `act` off, so that nothing is left half done and the terminal is put right; a second one does not wait
 * for that.
 *
 * @param act gives the exit code, which does not count when it was broken off
 */
export async function interruptible(
  io: Pick<Io, 'onSignals'>,
  act: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const abort = new AbortController();
  let by: HandledSignal | undefined;
  let leave: (code: number) => void = () => undefined;
  const left = new Promise<number>((resolve) => {
    leave = resolve;
  });
  const ignoreSignals = io.onSignals((name) => {
    if (by !== undefined) leave(codeOfSignal(by));
    by ??= name;
    abort.abort();
  });
  try {
    const code = await Promise.race([act(abort.signal), left]);
    return by !== undefined && code !== 0 ? codeOfSignal(by) : code;
  } finally {
    ignoreSignals();
  }
}
