/** How often each text came; beyond a number of different ones the others are counted together. */
export class Tally {
  readonly #max: number;
  readonly #counts = new Map<string, number>();
  #others = 0;

  constructor(max: number) {
    this.#max = max;
  }

  add(text: string): void {
    const count = this.#counts.get(text);
    if (count === undefined && this.#counts.size >= this.#max) this.#others++;
    else this.#counts.set(text, (count ?? 0) + 1);
  }

  /** Most frequent first. */
  get entries(): readonly (readonly [text: string, count: number])[] {
    return [...this.#counts].sort(([, a], [, b]) => b - a);
  }

  get others(): number {
    return this.#others;
  }
}
