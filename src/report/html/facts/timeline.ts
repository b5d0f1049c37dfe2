import type { Outcome, Verdict } from '../../../spec/index.js';
import { VERDICT_ORDER } from '../marks.js';
import { Column } from './column.js';

/** One run on the time axis of the whole. */
export interface Bar {
  readonly index: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly verdict: Verdict;
}

export interface Lane {
  /** Null is a run that no place of the pool made. */
  readonly worker: number | null;
  /** Runs of one worker that overlap lie in different rows; those of one row are in order. */
  readonly rows: readonly (readonly Bar[])[];
  readonly busyMs: number;
}

/** Beyond this many at the same time, bars of a worker overlap. */
const MAX_ROWS = 6;
const NO_WORKER = -1;

/** Where the time went: when which worker ran what. */
export class Timeline {
  readonly #originMs: number;
  readonly #index = new Column();
  readonly #start = new Column();
  readonly #end = new Column();
  readonly #worker = new Column();
  readonly #verdict = new Column();

  /** @param startedAt ISO, of the whole run */
  constructor(startedAt: string) {
    this.#originMs = Date.parse(startedAt);
  }

  /** What never ran has no place on it. */
  add(index: number, { startedAt, finishedAt, worker, verdict }: Outcome): void {
    const [start, end] = [Date.parse(startedAt) - this.#originMs, Date.parse(finishedAt) - this.#originMs];
    if (verdict === 'skipped' || !(end >= start)) return;
    this.#index.push(index);
    this.#start.push(Math.max(start, 0));
    this.#end.push(Math.max(end, 0));
    this.#worker.push(worker ?? NO_WORKER);
    this.#verdict.push(VERDICT_ORDER.indexOf(verdict));
  }

  get length(): number {
    return this.#index.length;
  }

  get endMs(): number {
    return this.#end.values.reduce((last, end) => Math.max(last, end), 0);
  }

  /** By worker. */
  lanes(): Lane[] {
    const starts = this.#start.values;
    const order = Uint32Array.from(starts, (_, place) => place).sort(
      (a, b) => (starts[a] ?? 0) - (starts[b] ?? 0),
    );
    const packers = new Map<number, Packer>();
    for (const place of order) {
      const worker = this.#worker.values[place] ?? NO_WORKER;
      const packer = packers.get(worker) ?? new Packer();
      packers.set(worker, packer);
      packer.add(this.#bar(place));
    }
    return [...packers]
      .sort(([a], [b]) => a - b)
      .map(([worker, { rows, busyMs }]) => ({ worker: worker === NO_WORKER ? null : worker, rows, busyMs }));
  }

  #bar(place: number): Bar {
    return {
      index: this.#index.values[place] ?? 0,
      startMs: this.#start.values[place] ?? 0,
      endMs: this.#end.values[place] ?? 0,
      verdict: VERDICT_ORDER[this.#verdict.values[place] ?? 0] ?? 'error',
    };
  }
}

/** Puts each bar, in the order of their starts, into the first row that is free by then. */
class Packer {
  readonly rows: Bar[][] = [];
  busyMs = 0;
  #reachedMs = 0;

  add(bar: Bar): void {
    // Clocks of milliseconds make neighbours overlap by one.
    const free = this.rows.findIndex((row) => (row[row.length - 1]?.endMs ?? 0) <= bar.startMs + 1);
    if (free >= 0) this.rows[free]?.push(bar);
    else if (this.rows.length < MAX_ROWS) this.rows.push([bar]);
    else this.rows[MAX_ROWS - 1]?.push(bar);
    this.busyMs += Math.max(bar.endMs - Math.max(bar.startMs, this.#reachedMs), 0);
    this.#reachedMs = Math.max(this.#reachedMs, bar.endMs);
  }
}
