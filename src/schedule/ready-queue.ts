/**
 * The tasks that may start as soon as there is room. Which is next: of the group that was served least, the one of
 * highest priority, where waiting counts as well.
 *
 * Tasks of about one size share a lane, and only the first of each lane is ever looked at. There are few sizes however
 * many tasks there are, so that finding one that fits takes the same time in a queue of ten and of a million.
 */
import { Heap } from './heap.js';
import type { Task } from './task.js';

export interface Waiting<T extends Task> {
  readonly task: T;
  /** When it came, less what its priority is worth: the least is next. It never changes, so that a heap can hold it. */
  readonly rankMs: number;
  /** Among equals the first to come is the first to go. */
  readonly order: number;
  /** When another was first preferred because this one did not fit. */
  passedOverAtMs: number | null;
}

/** How much a group had of the machine: the share of the budget times milliseconds, summed. */
interface Group {
  readonly order: number;
  served: number;
  /** Of its tasks, those that wait here or run. */
  active: number;
}

/** The tasks of one group that are of about one size. */
interface Queue<T extends Task> {
  readonly group: Group;
  readonly tasks: Heap<Waiting<T>>;
  /** What `served` was when its place in the lane was found. */
  servedThen: number;
}

interface Lane<T extends Task> {
  readonly byGroup: Map<Group, Queue<T>>;
  readonly order: Heap<Queue<T>>;
}

/** Four sizes between a number and its double: one lane's tasks differ by a fifth at most. */
const sizeClass = (amount: number): number => (amount < 1 ? -1 : Math.ceil(4 * Math.log2(amount)));

/** More than there are sizes of anything. */
const SIZES = 1024;
const EXCLUSIVE = -2 * SIZES;

/** Numbers for the lanes: a text would be made anew for each of a million tasks. */
const laneOf = ({ cpus, memoryBytes, exclusive }: Task): number =>
  exclusive ? EXCLUSIVE : sizeClass(cpus * 1000) * SIZES + sizeClass(memoryBytes);

const isBefore = <T extends Task>(a: Waiting<T>, b: Waiting<T>): boolean =>
  a.rankMs === b.rankMs ? a.order < b.order : a.rankMs < b.rankMs;

const comesFirst = <T extends Task>(a: Queue<T>, b: Queue<T>): boolean =>
  a.servedThen === b.servedThen ? a.group.order < b.group.order : a.servedThen < b.servedThen;

/** The first of a lane, and the queue that it is the first of. */
export interface Candidate<T extends Task> {
  readonly waiting: Waiting<T>;
  readonly queue: Queue<T>;
  readonly lane: Lane<T>;
}

function precedes<T extends Task>(a: Candidate<T>, b: Candidate<T>): boolean {
  const [servedA, servedB] = [a.queue.group.served, b.queue.group.served];
  return servedA === servedB ? isBefore(a.waiting, b.waiting) : servedA < servedB;
}

export class ReadyQueue<T extends Task> {
  readonly #lanes = new Map<number, Lane<T>>();
  readonly #groups = new Map<string, Group>();
  #size = 0;
  /** What the group that was served last had had: where a group that comes, or comes back, begins. */
  #served = 0;

  get size(): number {
    return this.#size;
  }

  push(waiting: Waiting<T>): void {
    const group = this.#group(waiting.task.group);
    // One that had nothing to do has not saved up a claim to the whole machine.
    if (group.active === 0) group.served = Math.max(group.served, this.#served);
    group.active++;
    this.#size++;
    this.#queue(laneOf(waiting.task), group).tasks.push(waiting);
  }

  /** The next one of those that fit. It stays where it is until it is taken. */
  next(fits: (task: T) => boolean): Candidate<T> | undefined {
    let best: Candidate<T> | undefined;
    for (const lane of this.#lanes.values()) {
      const queue = currentFirst(lane.order);
      const waiting = queue?.tasks.peek();
      if (queue === undefined || waiting === undefined || !fits(waiting.task)) continue;
      const candidate = { waiting, queue, lane };
      if (best === undefined || precedes(candidate, best)) best = candidate;
    }
    return best;
  }

  take({ queue, lane }: Candidate<T>): void {
    queue.tasks.pop();
    this.#size--;
    if (queue.tasks.size > 0) return;
    lane.byGroup.delete(queue.group);
    lane.order.pop();
  }

  /** To be told of each task that was taken and starts, with a first part of what it will have used. */
  start({ group: name }: T, used: number): void {
    const group = this.#group(name);
    this.#served = Math.max(this.#served, group.served);
    group.served += used;
  }

  /** To be told of each task that was taken and is over, whether it started or not, with the rest of what it used. */
  end({ group: name }: T, used: number): void {
    const group = this.#group(name);
    group.served += used;
    group.active--;
  }

  #group(name: string): Group {
    const found = this.#groups.get(name);
    if (found !== undefined) return found;
    const made = { order: this.#groups.size, served: this.#served, active: 0 };
    this.#groups.set(name, made);
    return made;
  }

  #queue(size: number, group: Group): Queue<T> {
    let lane = this.#lanes.get(size);
    if (lane === undefined) {
      lane = { byGroup: new Map(), order: new Heap(comesFirst) };
      this.#lanes.set(size, lane);
    }
    const found = lane.byGroup.get(group);
    if (found !== undefined) return found;
    const made = { group, tasks: new Heap<Waiting<T>>(isBefore), servedThen: group.served };
    lane.byGroup.set(group, made);
    lane.order.push(made);
    return made;
  }
}

/** A group is served in other lanes, too, and is then too far up in this one; never too far down, as it only grows. */
function currentFirst<T extends Task>(order: Heap<Queue<T>>): Queue<T> | undefined {
  for (;;) {
    const first = order.peek();
    if (first === undefined || first.servedThen === first.group.served) return first;
    first.servedThen = first.group.served;
    order.settleTop();
  }
}
