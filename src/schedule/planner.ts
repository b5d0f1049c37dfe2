/** Which task starts next: the queue's order, as far as the budget goes, and nobody passed over for ever. */
import { Admission, type Hold } from './admission.js';
import { type Candidate, ReadyQueue, type Waiting } from './ready-queue.js';
import type { Budget, Task } from './task.js';

/** A task that was let in, to be given back by `end`. */
export interface Admitted<T extends Task> {
  readonly task: T;
  readonly hold: Hold;
  readonly atMs: number;
}

/** What the first moment of a task counts as, so that groups take turns before any of their tasks has ended. */
const FIRST_MS = 1;

export class Planner<T extends Task> {
  readonly #queue = new ReadyQueue<T>();
  readonly #admission: Admission;
  readonly #reserveAfterMs: number;
  /** The one that room is reserved for; no longer in the queue. */
  #reserved: Waiting<T> | null = null;

  constructor(budget: Budget, reserveAfterMs: number) {
    this.#admission = new Admission(budget);
    this.#reserveAfterMs = reserveAfterMs;
  }

  get waiting(): number {
    return this.#queue.size + (this.#reserved === null ? 0 : 1);
  }

  get running(): number {
    return this.#admission.running;
  }

  get cpusInUse(): number {
    return this.#admission.cpusInUse;
  }

  get memoryInUse(): number {
    return this.#admission.memoryInUse;
  }

  push(waiting: Waiting<T>): void {
    this.#queue.push(waiting);
  }

  /** Lets the next one in; undefined when none can start now. */
  start(nowMs: number): Admitted<T> | undefined {
    if (this.#admission.full || this.waiting === 0) return undefined;
    const waiting = this.#takeReserved() ?? this.#takeNext(nowMs);
    if (waiting === undefined) return undefined;
    const { task } = waiting;
    this.#queue.start(task, this.#admission.share(task) * FIRST_MS);
    return { task, hold: this.#admission.take(task), atMs: nowMs };
  }

  end({ task, hold, atMs }: Admitted<T>, nowMs: number): void {
    this.#admission.give(hold);
    this.#queue.end(task, this.#admission.share(task) * Math.max(0, nowMs - atMs - FIRST_MS));
  }

  /** Takes out one that has not started and never will; undefined when there is none left. */
  giveUp(): T | undefined {
    const task = this.#reserved?.task ?? this.#takeFirst()?.task;
    if (task === undefined) return undefined;
    if (this.#reserved !== null) this.#unreserve();
    this.#queue.end(task, 0);
    return task;
  }

  #unreserve(): void {
    this.#reserved = null;
    this.#admission.release();
  }

  #takeReserved(): Waiting<T> | undefined {
    const reserved = this.#reserved;
    if (reserved === null || !this.#admission.fits(reserved.task)) return undefined;
    this.#unreserve();
    return reserved;
  }

  #takeNext(nowMs: number): Waiting<T> | undefined {
    const next = this.#queue.next((task) => this.#admission.fitsBesideReserved(task));
    if (next === undefined) return undefined;
    if (this.#reserved === null && this.#mindPassedOver(next, nowMs)) return this.#takeNext(nowMs);
    this.#queue.take(next);
    return next.waiting;
  }

  /** Whether the one that should have been next now has room reserved for it, which the chosen one may not fit beside. */
  #mindPassedOver(chosen: Candidate<T>, nowMs: number): boolean {
    const first = this.#queue.next(() => true);
    if (first === undefined || first.waiting === chosen.waiting) return false;
    first.waiting.passedOverAtMs ??= nowMs;
    if (nowMs - first.waiting.passedOverAtMs < this.#reserveAfterMs) return false;
    this.#queue.take(first);
    this.#reserved = first.waiting;
    this.#admission.reserve(first.waiting.task);
    return true;
  }

  #takeFirst(): Waiting<T> | undefined {
    const first = this.#queue.next(() => true);
    if (first !== undefined) this.#queue.take(first);
    return first?.waiting;
  }
}
