/**
 * Runs tasks side by side within a budget. It knows nothing of what they are: a dispatcher carries them out, and of their
 * results it only asks whether they passed. Whatever happens, each task is settled exactly once.
 */
import { onAbort } from '../core/index.js';
import { Needs } from './needs.js';
import {
  type FilledOptions,
  fillOptions,
  type ScheduleRunOptions,
  type SchedulerOptions,
  usage,
} from './options.js';
import { type Admitted, Planner } from './planner.js';
import type { Waiting } from './ready-queue.js';
import { pour, type Source } from './source.js';
import { checkFits, type Settled, type SkipReason, type StopReason, type Task } from './task.js';

export interface SchedulerStats {
  /** Tasks that have not started, also those that wait for others. */
  readonly queued: number;
  readonly running: number;
  readonly done: number;
  readonly cpusInUse: number;
  readonly memoryInUse: number;
  /** Why not everything was run; null when nothing was stopped. */
  readonly stopped: StopReason | null;
}

/** What will never run is settled in pieces of this many, so that it never lies around twice. */
const SKIP_AT_ONCE = 1024;

export class Scheduler<T extends Task, R> {
  readonly #options: FilledOptions<T, R>;
  readonly #planner: Planner<T>;
  readonly #needs = new Needs<Waiting<T>>();
  readonly #ending = new AbortController();
  #settled: Settled<T, R>[] = [];
  /** Settled, and not yet taken by who reads. */
  #unclaimed = 0;
  #added = 0;
  #done = 0;
  #failed = 0;
  #bail = Number.POSITIVE_INFINITY;
  #state: 'new' | 'reading' | 'read' | 'closed' = 'new';
  /** While a list is being read nothing starts: its last task may be the one to start with. */
  #holdBack = true;
  #broken: { readonly reason: unknown } | null = null;
  #stopped: StopReason | null = null;
  #waiters: (() => void)[] = [];

  /** @throws HotcellError `invalid-usage` for a budget that nothing fits in */
  constructor(options: SchedulerOptions<T, R>) {
    this.#options = fillOptions(options);
    this.#planner = new Planner(options.budget, this.#options.reserveAfterMs);
  }

  get stats(): SchedulerStats {
    const { running, cpusInUse, memoryInUse } = this.#planner;
    return {
      queued: this.#queued,
      running,
      done: this.#done,
      cpusInUse,
      memoryInUse,
      stopped: this.#stopped,
    };
  }

  /**
   * Queues a task, before the run or while it is on.
   *
   * @throws HotcellError `invalid-spec` for a task that could never start, `invalid-usage` when the queue is full or the id
   *   is taken.
   */
  add(task: T): void {
    if (this.#queued >= this.#options.maxQueued) throw usage(`${this.#queued} tasks are waiting already`);
    this.#enter(task);
    this.#pump();
  }

  /**
   * Runs what was added and what the source gives, and gives what became of each, as they end. Who reads slowly holds back the
   * start of further tasks. Leaving early ends what runs, and waits for that. Once per scheduler.
   *
   * @throws what the source throws, and as `add`, when everything that runs has been ended
   */
  async *run(source: Source<T> = [], options: ScheduleRunOptions = {}): AsyncGenerator<Settled<T, R>, void> {
    if (this.#state !== 'new') throw usage('a scheduler runs once');
    this.#state = 'reading';
    this.#bail = options.bail ?? this.#bail;
    const unlisten = this.#listen(options);
    void this.#read(source);
    try {
      yield* this.#results();
    } finally {
      for (const stop of unlisten) stop();
      await this.#close();
    }
    if (this.#broken !== null) throw this.#broken.reason;
  }

  get #queued(): number {
    return this.#planner.waiting + this.#needs.waiting;
  }

  async *#results(): AsyncGenerator<Settled<T, R>, void> {
    while (this.#broken === null) {
      const batch = this.#settled;
      this.#settled = [];
      for (const settled of batch) {
        yield settled;
        this.#unclaimed--;
        this.#pump();
      }
      if (this.#isOver()) return;
      if (this.#settled.length === 0 && this.#broken === null) await this.#change();
    }
  }

  /** Settles what will never run, as far as that is known by now. */
  #isOver(): boolean {
    if (this.#settled.length > 0) return false;
    if (this.#stopped !== null) this.#skipSome(this.#stopped);
    if (this.#state !== 'read' || this.#planner.running > 0 || this.#planner.waiting > 0) return false;
    // Nothing is left that could let these go: they need each other, or what never came.
    for (const { waiting, because } of this.#needs.drain()) this.#skip(waiting.task, 'needs', because);
    return this.#settled.length === 0;
  }

  #skipSome(reason: StopReason): void {
    for (const { waiting } of this.#needs.drain()) this.#skip(waiting.task, reason);
    for (let left = SKIP_AT_ONCE; left > 0; left--) {
      const task = this.#planner.giveUp();
      if (task === undefined) return;
      this.#skip(task, reason);
    }
  }

  #skip(task: T, skipped: SkipReason, because?: number): void {
    this.#conclude(because === undefined ? { task, skipped } : { task, skipped, because }, false);
  }

  /** Notes what became of a task, and of those that will never run because of it. */
  #conclude(settled: Settled<T, R>, passed: boolean): void {
    // A list, not a recursion: a chain of needs may be longer than the stack.
    const todo: Settled<T, R>[] = [settled];
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const { id } = next.task;
      this.#settled.push(next);
      this.#unclaimed++;
      this.#done++;
      const { ready, failed } = this.#needs.settle(id, next === settled && passed);
      for (const waiting of ready) this.#planner.push(waiting);
      for (const { task } of failed) todo.push({ task, skipped: 'needs', because: id });
    }
  }

  #enter(task: T): void {
    checkFits(task, this.#options.budget);
    if (!this.#needs.announce(task.id)) throw usage(`there is a task ${task.id} already`);
    const rankMs = this.#options.clock.nowMs() - task.priority * this.#options.ageingMs;
    const waiting = { task, rankMs, order: this.#added++, passedOverAtMs: null };
    const standing = this.#needs.enter(waiting, task.needs);
    if (standing === 'ready') this.#planner.push(waiting);
    else if (standing !== 'waiting') this.#skip(task, 'needs', standing.failed);
    this.#notify();
  }

  /** Starts whatever may start now. */
  #pump(): void {
    if (this.#holdBack || this.#stopped !== null) return;
    while (this.#unclaimed < 2 * this.#options.budget.tasks) {
      const admitted = this.#planner.start(this.#options.clock.nowMs());
      if (admitted === undefined) return;
      void this.#carryOut(admitted);
    }
  }

  async #carryOut(admitted: Admitted<T>): Promise<void> {
    const { task } = admitted;
    let settled: Settled<T, R>;
    let passed = false;
    try {
      const result = await this.#options.dispatcher.dispatch(task, this.#ending.signal);
      passed = this.#options.passed(result);
      settled = { task, result };
    } catch (error) {
      settled = { task, error };
    }
    this.#planner.end(admitted, this.#options.clock.nowMs());
    this.#conclude(settled, passed);
    if (!passed && ++this.#failed >= this.#bail) this.#stop('bail');
    this.#pump();
    this.#notify();
  }

  #listen({ signal, kill, timeoutMs }: ScheduleRunOptions): (() => void)[] {
    const end = (reason: StopReason): void => {
      this.#stop(reason);
      this.#ending.abort();
    };
    return [
      onAbort(signal, () => this.#stop('cancelled')),
      onAbort(kill, () => end('cancelled')),
      timeoutMs === undefined ? () => undefined : this.#options.timer(() => end('timeout'), timeoutMs),
    ];
  }

  /** The first reason stays. */
  #stop(reason: StopReason): void {
    this.#stopped ??= reason;
    this.#notify();
  }

  /** What still runs is ended, and waited for; what the source may still give is not wanted. */
  async #close(): Promise<void> {
    this.#holdBack = true;
    this.#state = 'closed';
    this.#ending.abort();
    this.#notify();
    while (this.#planner.running > 0) await this.#change();
  }

  async #read(source: Source<T>): Promise<void> {
    this.#holdBack = Symbol.iterator in source;
    try {
      await pour(source, {
        add: (task) => this.add(task),
        room: () => (this.#queued < this.#options.maxQueued ? undefined : this.#room()),
        closed: () => this.#state === 'closed',
      });
    } catch (reason) {
      this.#broken = { reason };
    }
    if (this.#state !== 'reading') return;
    this.#state = 'read';
    this.#holdBack = false;
    this.#pump();
    this.#notify();
  }

  async #room(): Promise<void> {
    this.#holdBack = false;
    this.#pump();
    while (this.#isFull()) await this.#change();
  }

  /** When nothing could make room, adding has to fail: waiting would be for ever. */
  #isFull(): boolean {
    const moving = this.#planner.waiting + this.#planner.running > 0;
    return this.#queued >= this.#options.maxQueued && moving && this.#state !== 'closed';
  }

  /** Resolves at the next thing that happens. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
    });
  }

  #notify(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}
