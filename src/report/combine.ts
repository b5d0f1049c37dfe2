import type { Reporter } from './reporter.js';

/** Tells several as if they were one, and waits for all. When one of them fails, all are told that the run broke off. */
export function combineReporters(reporters: readonly Reporter[]): Reporter {
  const onAbort = async (): Promise<void> => {
    await Promise.all(reporters.map(async (reporter) => reporter.onAbort?.()));
  };
  const tell = async (action: (reporter: Reporter) => void | Promise<void>): Promise<void> => {
    const results = await Promise.allSettled(reporters.map(async (reporter) => action(reporter)));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure === undefined) return;
    await onAbort();
    throw failure.reason;
  };
  return {
    onStart: (start) => tell((reporter) => reporter.onStart?.(start)),
    onOutcome: (outcome) => tell((reporter) => reporter.onOutcome(outcome)),
    onEnd: (summary) => tell((reporter) => reporter.onEnd?.(summary)),
    onAbort,
  };
}
