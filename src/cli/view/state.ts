import type { Outcome, OutcomeLimits, Verdict } from '../../spec/index.js';
import type { SuiteEvent } from '../test/engine.js';
import { Pace } from './pace.js';

/** A run that goes on. */
export interface Running {
  readonly title: string;
  readonly limits: OutcomeLimits;
  readonly startedAtMs: number;
  readonly cpuMs: number | null;
  readonly memoryBytes: number | null;
}

/** Whether it is one of those that `total` counts: the last attempt of a program under test. */
export const isCounted = ({ role, final }: Outcome): boolean => role === 'program' && final;

/** What is known of a test run at the moment: every event folded into counts and the runs that go on. */
export class ViewState {
  readonly #startedAtMs: number;
  readonly #pace: Pace;
  readonly #running = new Map<string, Running>();
  readonly #verdicts: Record<Verdict, number> = { passed: 0, failed: 0, error: 0, skipped: 0 };
  #total = 0;
  #done = 0;
  #retried = 0;

  constructor(nowMs: number) {
    this.#startedAtMs = nowMs;
    this.#pace = new Pace(nowMs);
  }

  get total(): number {
    return this.#total;
  }

  get done(): number {
    return this.#done;
  }

  /** Attempts after the first. */
  get retried(): number {
    return this.#retried;
  }

  get verdicts(): Readonly<Record<Verdict, number>> {
    return this.#verdicts;
  }

  get runningCount(): number {
    return this.#running.size;
  }

  elapsedMs(nowMs: number): number {
    return nowMs - this.#startedAtMs;
  }

  /** Null while nothing has come to an end yet, and when all has. */
  etaMs(nowMs: number): number | null {
    const left = this.#total - this.#done;
    return left <= 0 ? null : this.#pace.timeForMs(left, { done: this.#done, nowMs });
  }

  /** Those that have run for the longest time first. */
  longestRunning(count: number): Running[] {
    const first: Running[] = [];
    for (const run of this.#running.values()) {
      if (first.length >= count) break;
      first.push(run);
    }
    return first;
  }

  apply(event: SuiteEvent, nowMs: number): void {
    switch (event.kind) {
      case 'start':
        this.#total = event.start.total;
        break;
      case 'started': {
        const { key, title, limits } = event;
        // Taken out first: a map keeps the place of a key that is set again, and an attempt starts anew.
        if (this.#running.delete(key)) this.#retried++;
        this.#running.set(key, { title, limits, startedAtMs: nowMs, cpuMs: null, memoryBytes: null });
        break;
      }
      case 'sample':
        this.#sample(event);
        break;
      case 'finished':
        this.#running.delete(event.key);
        this.#finish(event.outcome, nowMs);
        break;
    }
  }

  #sample({ key, sample }: SuiteEvent & { kind: 'sample' }): void {
    const { cpuMs, memoryBytes } = sample;
    const run = this.#running.get(key);
    if (run !== undefined) this.#running.set(key, { ...run, cpuMs, memoryBytes });
  }

  #finish(outcome: Outcome, nowMs: number): void {
    if (!isCounted(outcome)) return;
    this.#done++;
    this.#verdicts[outcome.verdict]++;
    this.#pace.mark(this.#done, nowMs);
  }
}
