/** Which tasks have to wait for others, and which of them may go or never will. */

export interface Freed<W> {
  /** Everything that they need has passed. */
  readonly ready: readonly W[];
  readonly failed: readonly W[];
}

const NOTHING: Freed<never> = { ready: [], failed: [] };

/** All who need the same: they come through together. */
interface Gate<W> {
  readonly needs: readonly number[];
  readonly waiting: W[];
  left: number;
}

export type Standing = 'ready' | 'waiting' | { readonly failed: number };

export class Needs<W> {
  /** Null is not known yet. */
  readonly #passed = new Map<number, boolean | null>();
  readonly #gates = new Map<readonly number[], Gate<W>>();
  readonly #gatesOf = new Map<number, Gate<W>[]>();
  #waiting = 0;

  /** How many are held back here. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Whether the id is new. */
  announce(id: number): boolean {
    if (this.#passed.has(id)) return false;
    this.#passed.set(id, null);
    return true;
  }

  /** Takes it in if it has to wait. For one that needs what did not pass, that one's id. */
  enter(waiting: W, needs: readonly number[]): Standing {
    const gate = this.#gates.get(needs);
    if (gate !== undefined) {
      gate.waiting.push(waiting);
      this.#waiting++;
      return 'waiting';
    }
    const failed = needs.find((id) => this.#passed.get(id) === false);
    if (failed !== undefined) return { failed };
    const open = [...new Set(needs)].filter((id) => this.#isOpen(id));
    if (open.length === 0) return 'ready';
    this.#build({ needs, waiting: [waiting], left: open.length }, open);
    this.#waiting++;
    return 'waiting';
  }

  /** Notes what became of a task; gives those for whom that decides it. */
  settle(id: number, passed: boolean): Freed<W> {
    this.#passed.set(id, passed);
    const gates = this.#gatesOf.get(id);
    if (gates === undefined) return NOTHING;
    this.#gatesOf.delete(id);
    return passed ? { ready: this.#open(gates), failed: [] } : { ready: [], failed: this.#shut(gates) };
  }

  /** Takes out everyone who waits, with an id that each waits for. */
  drain(): { readonly waiting: W; readonly because: number | undefined }[] {
    const gates = [...this.#gates.values()];
    this.#gatesOf.clear();
    return gates.flatMap((gate) => {
      const because = gate.needs.find((id) => this.#isOpen(id));
      return this.#clear(gate).map((waiting) => ({ waiting, because }));
    });
  }

  #isOpen(id: number): boolean {
    return (this.#passed.get(id) ?? null) === null;
  }

  #build(gate: Gate<W>, open: readonly number[]): void {
    this.#gates.set(gate.needs, gate);
    for (const id of open) {
      const gates = this.#gatesOf.get(id);
      if (gates === undefined) this.#gatesOf.set(id, [gate]);
      else gates.push(gate);
    }
  }

  #open(gates: readonly Gate<W>[]): W[] {
    for (const gate of gates) gate.left--;
    return gates.filter(({ left }) => left === 0).flatMap((gate) => this.#clear(gate));
  }

  #shut(gates: readonly Gate<W>[]): W[] {
    return gates.flatMap((gate) => this.#clear(gate));
  }

  /** One that was shut already has nobody left, and stays so. */
  #clear(gate: Gate<W>): W[] {
    this.#gates.delete(gate.needs);
    const cleared = gate.waiting.splice(0);
    this.#waiting -= cleared.length;
    return cleared;
  }
}
