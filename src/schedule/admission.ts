/**
 * What of the budget is in use, and for whom the rest is held. CPUs are counted in thousandths, so that what was taken in
 * fractions comes back whole.
 *
 * For a task too big to find room beside what keeps starting, room can be reserved: what starts from then on must leave
 * enough that the big one fits at the latest when everything that runs now has ended.
 */
import type { Budget, Task } from './task.js';

interface Amounts {
  milliCpus: number;
  memoryBytes: number;
  tasks: number;
}

const none = (): Amounts => ({ milliCpus: 0, memoryBytes: 0, tasks: 0 });

function change(amounts: Amounts, by: Amounts, sign: 1 | -1): void {
  amounts.milliCpus += sign * by.milliCpus;
  amounts.memoryBytes += sign * by.memoryBytes;
  amounts.tasks += sign * by.tasks;
}

/** What a task holds until it is over. */
export interface Hold {
  readonly amounts: Amounts;
  readonly exclusive: boolean;
  /** The reservation that it started under; 0 for none. */
  readonly reservation: number;
}

export class Admission {
  readonly #budget: Amounts;
  readonly #used = none();
  /** What has been taken since there is the reservation. */
  #usedSince = none();
  #reserved: Amounts | null = null;
  #reservations = 0;
  #exclusive = false;
  #running = 0;

  constructor({ cpus, memoryBytes, tasks }: Budget) {
    this.#budget = { milliCpus: Math.floor(cpus * 1000), memoryBytes, tasks };
  }

  get running(): number {
    return this.#running;
  }

  get cpusInUse(): number {
    return this.#used.milliCpus / 1000;
  }

  get memoryInUse(): number {
    return this.#used.memoryBytes;
  }

  /** Whether nothing at all can start, however small it is. */
  get full(): boolean {
    return this.#exclusive || this.#used.tasks >= this.#budget.tasks;
  }

  get reserving(): boolean {
    return this.#reserved !== null;
  }

  fits(task: Task): boolean {
    if (this.full || (task.exclusive && this.running > 0)) return false;
    return this.#fitsBeside(this.#used, task);
  }

  /** Whether it fits and takes nothing from the one that room is reserved for. */
  fitsBesideReserved(task: Task): boolean {
    if (!this.fits(task)) return false;
    if (this.#reserved === null) return true;
    const taken = { ...this.#reserved };
    change(taken, this.#usedSince, 1);
    return this.#fitsBeside(taken, task);
  }

  reserve(task: Task): void {
    this.#reservations++;
    this.#usedSince = none();
    this.#reserved = task.exclusive ? this.#budget : this.#amounts(task);
  }

  release(): void {
    this.#reserved = null;
  }

  take(task: Task): Hold {
    const amounts = this.#amounts(task);
    change(this.#used, amounts, 1);
    this.#running++;
    this.#exclusive = task.exclusive;
    const reservation = this.#reserved === null ? 0 : this.#reservations;
    if (reservation !== 0) change(this.#usedSince, amounts, 1);
    return { amounts, exclusive: task.exclusive, reservation };
  }

  give({ amounts, exclusive, reservation }: Hold): void {
    change(this.#used, amounts, -1);
    this.#running--;
    if (exclusive) this.#exclusive = false;
    if (reservation === this.#reservations) change(this.#usedSince, amounts, -1);
  }

  /** The largest part of the budget that the task takes, of any kind: 0 to 1. */
  share(task: Task): number {
    if (task.exclusive) return 1;
    const { milliCpus, memoryBytes, tasks } = this.#amounts(task);
    const { milliCpus: cpus, memoryBytes: memory, tasks: most } = this.#budget;
    return Math.max(milliCpus / cpus, memoryBytes / memory, tasks / most);
  }

  #fitsBeside(taken: Amounts, task: Task): boolean {
    const { milliCpus, memoryBytes, tasks } = this.#amounts(task);
    return (
      taken.milliCpus + milliCpus <= this.#budget.milliCpus &&
      taken.memoryBytes + memoryBytes <= this.#budget.memoryBytes &&
      taken.tasks + tasks <= this.#budget.tasks
    );
  }

  #amounts({ cpus, memoryBytes, weight = 1 }: Task): Amounts {
    return {
      // A sum of fractions that is a hair above the whole must not be refused for ever.
      milliCpus: Math.min(Math.ceil(cpus * 1000), this.#budget.milliCpus),
      memoryBytes,
      // Where only one may run, that may be one of any weight.
      tasks: Math.min(weight, this.#budget.tasks),
    };
  }
}
