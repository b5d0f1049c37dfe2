import type { Outcome } from '../../../spec/index.js';
import { isCounted } from '../../cell.js';
import { Top } from '../../figures/top.js';
import { VERDICT_ORDER } from '../marks.js';
import { Column } from './column.js';
import { type Naming, type Row, rowOf } from './row.js';
import { Timeline } from './timeline.js';

const RANKED = 8;

/** A figure of each case that was run, and how the case went. */
export class Figures {
  readonly #values = new Column();
  readonly #verdicts = new Column();

  add(value: number | null, verdict: Outcome['verdict']): void {
    if (value === null || !Number.isFinite(value)) return;
    this.#values.push(value);
    this.#verdicts.push(VERDICT_ORDER.indexOf(verdict));
  }

  get values(): Float64Array {
    return this.#values.values;
  }

  /** Places in the order of verdicts. */
  get verdicts(): Uint8Array {
    return Uint8Array.from(this.#verdicts.values);
  }
}

/** What the overview says of all outcomes together; some bytes for each of them are all that is kept. */
export class Facts {
  readonly timeline: Timeline;
  readonly wall = new Figures();
  readonly cpu = new Figures();
  readonly memory = new Figures();
  readonly longest = new Top<Row>(RANKED);
  readonly nearest = new Top<Row>(RANKED);

  readonly #naming: Naming;

  constructor(startedAt: string, naming: Naming) {
    this.#naming = naming;
    this.timeline = new Timeline(startedAt);
  }

  /** @returns its line in the list; null for an attempt that is not the last, and for what serves a test */
  add(index: number, outcome: Outcome): Row | null {
    this.timeline.add(index, outcome);
    if (!outcome.final || (outcome.role !== 'program' && outcome.role !== 'build')) return null;
    const row = rowOf(index, outcome, this.#naming);
    if (isCounted(outcome) && outcome.verdict !== 'skipped') this.#measure(row);
    return row;
  }

  #measure(row: Row): void {
    this.wall.add(row.wallMs, row.verdict);
    this.cpu.add(row.cpuMs, row.verdict);
    this.memory.add(row.memoryBytes, row.verdict);
    if (row.wallMs !== null) this.longest.add(row.wallMs, row);
    if (row.share !== null) this.nearest.add(row.share, row);
  }
}
