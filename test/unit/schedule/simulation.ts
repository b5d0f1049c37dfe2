import { type Clock, onAbort } from '../../../src/core/index.js';
import {
  type Budget,
  type ScheduleRunOptions,
  Scheduler,
  type SchedulerOptions,
  type Settled,
  type Task,
} from '../../../src/schedule/index.js';

/** A task that takes a time of the simulation, and then passes or does not. */
export interface SimTask extends Task {
  readonly durationMs: number;
  readonly outcome: 'pass' | 'fail' | 'throw';
}

export interface SimResult {
  readonly id: number;
  readonly passed: boolean;
  readonly ended: boolean;
}

export type SimSettled = Settled<SimTask, SimResult>;

const MIB = 2 ** 20;

export const BUDGET: Budget = { cpus: 4, memoryBytes: 1024 * MIB, tasks: 8 };

export function simTask(id: number, rest: Partial<SimTask> = {}): SimTask {
  return {
    id,
    group: 'suite',
    needs: [],
    priority: 0,
    cpus: 1,
    memoryBytes: MIB,
    exclusive: false,
    durationMs: 10,
    outcome: 'pass',
    ...rest,
  };
}

interface Started {
  readonly task: SimTask;
  readonly atMs: number;
  readonly endMs: number;
  /** All that ran when it started, itself among them. */
  readonly beside: readonly SimTask[];
}

interface Running extends Started {
  finish(ended: boolean): void;
}

interface Alarm {
  readonly atMs: number;
  readonly act: () => void;
}

/** Lets everything go on that waits for nothing but its turn. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A scheduler in simulated time: nothing moves until `advance`. */
export class Simulation {
  nowMs = 0;
  readonly started: Started[] = [];
  readonly settled: SimSettled[] = [];
  readonly scheduler: Scheduler<SimTask, SimResult>;
  readonly #running = new Set<Running>();
  readonly #alarms = new Set<Alarm>();

  constructor(options: Partial<SchedulerOptions<SimTask, SimResult>> = {}) {
    const clock: Clock = { nowMs: () => this.nowMs, date: () => new Date(this.nowMs) };
    this.scheduler = new Scheduler({
      budget: BUDGET,
      dispatcher: { dispatch: (task, signal) => this.#dispatch(task, signal) },
      passed: ({ passed }) => passed,
      clock,
      timer: (act, delayMs) => {
        const alarm = { atMs: this.nowMs + delayMs, act };
        this.#alarms.add(alarm);
        return () => this.#alarms.delete(alarm);
      },
      ...options,
    });
  }

  get running(): readonly SimTask[] {
    return [...this.#running].map(({ task }) => task);
  }

  get pendingAlarms(): number {
    return this.#alarms.size;
  }

  /** Resolves at this time of the simulation, which then goes there before it ends. */
  at(atMs: number): Promise<void> {
    return new Promise((resolve) => this.#alarms.add({ atMs, act: resolve }));
  }

  /** Runs to the end, moving the clock from one event to the next. */
  async run(
    tasks: Iterable<SimTask> | AsyncIterable<SimTask>,
    options?: ScheduleRunOptions,
  ): Promise<readonly SimSettled[]> {
    let over = false;
    const reading = this.#read(tasks, options).finally(() => {
      over = true;
    });
    reading.catch(() => undefined);
    while (!over) {
      await settle();
      this.#advance();
    }
    await reading;
    return this.settled;
  }

  async #read(
    tasks: Iterable<SimTask> | AsyncIterable<SimTask>,
    options?: ScheduleRunOptions,
  ): Promise<void> {
    for await (const settled of this.scheduler.run(tasks, options)) this.settled.push(settled);
  }

  #advance(): void {
    const times = [
      ...[...this.#running].map(({ endMs }) => endMs),
      ...[...this.#alarms].map(({ atMs }) => atMs),
    ];
    if (times.length === 0) return;
    this.nowMs = Math.max(this.nowMs, Math.min(...times));
    for (const running of this.#running) if (running.endMs <= this.nowMs) running.finish(false);
    for (const alarm of this.#alarms) {
      if (alarm.atMs > this.nowMs) continue;
      this.#alarms.delete(alarm);
      alarm.act();
    }
  }

  #dispatch(task: SimTask, signal: AbortSignal): Promise<SimResult> {
    return new Promise((resolve, reject) => {
      let stop: () => void = () => undefined;
      const running: Running = {
        task,
        atMs: this.nowMs,
        endMs: this.nowMs + task.durationMs,
        beside: [...this.running, task],
        finish: (ended) => {
          if (!this.#running.delete(running)) return;
          stop();
          if (task.outcome === 'throw' && !ended) reject(new Error(`fault ${task.id}`));
          else resolve({ id: task.id, passed: task.outcome === 'pass' && !ended, ended });
        },
      };
      this.#running.add(running);
      this.started.push(running);
      stop = onAbort(signal, () => running.finish(true));
    });
  }
}

/** What became of a task, in a word. */
export function fate(settled: SimSettled): string {
  if ('skipped' in settled) {
    return settled.because === undefined ? settled.skipped : `${settled.skipped} ${settled.because}`;
  }
  if ('error' in settled) return 'error';
  return settled.result.passed ? 'passed' : settled.result.ended ? 'ended' : 'failed';
}

/** By the tasks' ids, in their order. */
export function fates(settled: readonly SimSettled[]): Record<number, string> {
  const sorted = [...settled].sort((a, b) => a.task.id - b.task.id);
  return Object.fromEntries(sorted.map((each) => [each.task.id, fate(each)]));
}
