import { type Clock, HotcellError, systemClock } from '../core/index.js';
import type { Budget, Dispatcher, Task } from './task.js';

/** Calls `act` after some time; gives what calls it off. */
export type Timer = (act: () => void, delayMs: number) => () => void;

export interface SchedulerOptions<T extends Task, R> {
  readonly budget: Budget;
  readonly dispatcher: Dispatcher<T, R>;
  /** Whether tasks that need this one may run; asked once for each result. */
  readonly passed: (result: R) => boolean;
  readonly clock?: Clock | undefined;
  readonly timer?: Timer | undefined;
  /** How long a task must have waited to be level with one whose priority is higher by one; 60 s. */
  readonly ageingMs?: number | undefined;
  /** How long the next in order lets smaller ones pass when it finds no room, before room is kept for it; 1 s. */
  readonly reserveAfterMs?: number | undefined;
  /** Tasks that wait at a time, 2,000,000. */
  readonly maxQueued?: number | undefined;
}

export interface ScheduleRunOptions {
  /** Aborting starts nothing more; what runs is left to finish. */
  readonly signal?: AbortSignal | undefined;
  /** Aborting starts nothing more and ends what runs, through the signal that each was dispatched with. */
  readonly kill?: AbortSignal | undefined;
  /** After how many tasks that did not pass nothing more is started. */
  readonly bail?: number | undefined;
  /** For everything together: then nothing more is started, and what runs is ended. */
  readonly timeoutMs?: number | undefined;
}

const systemTimer: Timer = (act, delayMs) => {
  // Node's longest; a longer one would fire at once.
  const timer = setTimeout(act, Math.min(delayMs, 2 ** 31 - 1));
  return () => clearTimeout(timer);
};

export const usage = (message: string): HotcellError => new HotcellError({ code: 'invalid-usage', message });

function checkBudget({ cpus, memoryBytes, tasks }: Budget): void {
  if (cpus > 0 && memoryBytes > 0 && Number.isInteger(tasks) && tasks >= 1) return;
  throw usage(
    `a budget of ${cpus} CPUs, ${memoryBytes} bytes and ${tasks} tasks: each must be more than nothing`,
  );
}

/** @throws HotcellError `invalid-usage` for a budget that nothing fits in */
export function fillOptions<T extends Task, R>(options: SchedulerOptions<T, R>) {
  checkBudget(options.budget);
  return {
    ...options,
    clock: options.clock ?? systemClock,
    timer: options.timer ?? systemTimer,
    ageingMs: options.ageingMs ?? 60_000,
    reserveAfterMs: options.reserveAfterMs ?? 1000,
    maxQueued: options.maxQueued ?? 2_000_000,
  } as const;
}

export type FilledOptions<T extends Task, R> = ReturnType<typeof fillOptions<T, R>>;
