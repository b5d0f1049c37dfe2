/** How often a launcher that dies may be replaced: one that dies at once must not keep the machine busy with its deaths. */
const MOST = 5;
const WITHIN_MS = 10_000;

export class RestartBudget {
  #restarts: number[] = [];

  /** Books one more restart, and says how many milliseconds from now it may be at the earliest. */
  take(nowMs: number): number {
    const [oldest] = this.#restarts.length < MOST ? [] : this.#restarts;
    const atMs = oldest === undefined ? nowMs : Math.max(nowMs, oldest + WITHIN_MS);
    this.#restarts = [...this.#restarts, atMs].slice(-MOST);
    return atMs - nowMs;
  }
}
