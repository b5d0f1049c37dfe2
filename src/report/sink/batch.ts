/** What a slow disk may owe us before the run has to wait for it. In characters. */
const MAX_WAITING = 1 << 20;

/**
 * Gathers what is written while the write before it goes on, so that there is one system call for many small texts, and
 * never more than one at a time.
 */
export class Batch {
  readonly #out: (text: string) => Promise<void>;
  readonly #atLeast: number;
  #waiting: string[] = [];
  #length = 0;
  #flushing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** @param atLeast characters that are gathered before they are written; 1 writes as soon as it can */
  constructor(out: (text: string) => Promise<void>, atLeast: number) {
    this.#out = out;
    this.#atLeast = atLeast;
  }

  /** @throws whatever an earlier write failed with: a report that lacks a part is of no use */
  async add(text: string): Promise<void> {
    this.#check();
    this.#waiting.push(text);
    this.#length += text.length;
    if (this.#length < this.#atLeast) return;
    this.#flushing ??= this.#flush(this.#atLeast);
    if (this.#length < MAX_WAITING) return;
    await this.#flushing;
    this.#check();
  }

  /** Writes all that waits. */
  async drain(): Promise<void> {
    await this.settle();
    await this.#flush(1);
    this.#check();
  }

  /** Waits for the write that goes on, if there is one. */
  async settle(): Promise<void> {
    await this.#flushing;
  }

  async #flush(atLeast: number): Promise<void> {
    while (this.#failure === undefined && this.#length >= atLeast) {
      const text = this.#waiting.join('');
      this.#waiting = [];
      this.#length = 0;
      await this.#out(text).catch((error: unknown) => {
        this.#failure = { error };
      });
    }
    this.#flushing = undefined;
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
