/** Keeps the few highest of any number of values. */
export class Top<T> {
  readonly #size: number;
  readonly #items: { readonly value: number; readonly item: T }[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  /** Among equals, who came first stays. */
  add(value: number, item: T): void {
    const last = this.#items.at(-1);
    if (this.#items.length === this.#size && last !== undefined && value <= last.value) return;
    const at = this.#items.findIndex((other) => other.value < value);
    this.#items.splice(at < 0 ? this.#items.length : at, 0, { value, item });
    if (this.#items.length > this.#size) this.#items.pop();
  }

  /** Highest first. */
  get items(): readonly T[] {
    return this.#items.map(({ item }) => item);
  }
}
