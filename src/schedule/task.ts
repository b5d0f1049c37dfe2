/** What is scheduled, and who carries it out. */
import { formatBytes, invalidSpec, quote } from '../core/index.js';

export interface Task {
  /** Unique among all tasks of a scheduler. */
  readonly id: number;
  /** Groups, which are suites, share the machine evenly. */
  readonly group: string;
  /**
   * Ids of tasks that must have passed before; in any order, also ids that come later. Tasks that need the same should
   * share one array: its entries are then followed once for all of them.
   */
  readonly needs: readonly number[];
  /** Higher is earlier within the group. */
  readonly priority: number;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Nothing else runs meanwhile. */
  readonly exclusive: boolean;
  /** How many of the budget's tasks it counts as, 1 unless said otherwise: one that holds two sandboxes at a time is two. */
  readonly weight?: number | undefined;
  /** What people call it, for messages. */
  readonly title?: string | undefined;
}

/** What all tasks that run at a time may use together. */
export interface Budget {
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly tasks: number;
}

/** Carries out a task. Rejecting is a fault of ours; whatever the task's program did is in the result. */
export interface Dispatcher<T extends Task, R> {
  /** @param signal aborted when the task shall end early; it must settle soon after, with a result if it can */
  dispatch(task: T, signal: AbortSignal): Promise<R>;
}

/** Why a task never ran: one that it needs did not pass, or nothing more was to be started. */
export type SkipReason = 'needs' | StopReason;

export type StopReason = 'bail' | 'cancelled' | 'timeout';

/** What became of a task. Every task comes to exactly one of these. */
export type Settled<T extends Task, R> =
  | { readonly task: T; readonly result: R }
  | { readonly task: T; readonly error: unknown }
  | {
      readonly task: T;
      readonly skipped: SkipReason;
      /** For `needs`: the id of the task that did not pass. */
      readonly because?: number | undefined;
    };

function lacking({ cpus, memoryBytes }: Task, budget: Budget): string | null {
  if (!(Number.isFinite(cpus) && cpus >= 0 && Number.isFinite(memoryBytes) && memoryBytes >= 0))
    return `needs ${cpus} CPUs and ${memoryBytes} bytes, which are not amounts`;
  if (cpus > budget.cpus) return `needs ${cpus} CPUs, and all jobs together may use ${budget.cpus}`;
  if (memoryBytes > budget.memoryBytes)
    return `needs ${formatBytes(memoryBytes)} of memory, and all jobs together may use ${formatBytes(budget.memoryBytes)}`;
  return null;
}

/** @throws HotcellError `invalid-spec` for a task that could never start */
export function checkFits(task: Task, budget: Budget): void {
  const reason = lacking(task, budget);
  if (reason === null) return;
  throw invalidSpec(
    `${quote(task.title ?? `${task.group} ${task.id}`)} can never run: it ${reason}`,
    'lower its limits, or raise the budget',
  );
}
