/** A list of numbers that grows, in eight bytes each: figures of a hundred thousand runs are kept exactly. */
export class Column {
  #values = new Float64Array(256);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  get length(): number {
    return this.#length;
  }

  /** What was pushed so far; not a copy. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }
}
