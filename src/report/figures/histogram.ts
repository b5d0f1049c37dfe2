/** Buckets in each doubling: a quantile is at most 4.5 % too high, and at most 2.2 % off in the middle of its bucket. */
const PER_DOUBLING = 16;

/** Quantiles of any number of positive values in little memory. */
export class Histogram {
  readonly #counts = new Map<number, number>();
  #count = 0;
  #max = 0;

  /** Zero and less count as the smallest there is; what is no number is not counted. */
  add(value: number): void {
    if (Number.isNaN(value)) return;
    const bucket = value > 0 ? Math.round(Math.log2(value) * PER_DOUBLING) : Number.NEGATIVE_INFINITY;
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    this.#count++;
    this.#max = Math.max(this.#max, value);
  }

  get count(): number {
    return this.#count;
  }

  /** Exact. */
  get max(): number {
    return this.#max;
  }

  /** @param share 0.5 is the median; 0 when nothing was added */
  quantile(share: number): number {
    let rest = Math.ceil(share * this.#count);
    for (const bucket of [...this.#counts.keys()].sort((a, b) => a - b)) {
      rest -= this.#counts.get(bucket) ?? 0;
      if (rest <= 0) return Math.min(this.#max, 2 ** (bucket / PER_DOUBLING));
    }
    return this.#max;
  }
}
