interface Mark {
  readonly done: number;
  readonly atMs: number;
}

/** How far back the pace is taken from: long ago, other jobs ran. */
const WINDOW_MS = 30_000;
const STEP_MS = 1000;

/** How fast runs come to an end, from what happened of late. */
export class Pace {
  /** In the order of time, at least a step apart, none older than the window but the first. */
  readonly #marks: Mark[];

  constructor(nowMs: number) {
    this.#marks = [{ done: 0, atMs: nowMs }];
  }

  mark(done: number, nowMs: number): void {
    const last = this.#marks.at(-1);
    if (last !== undefined && nowMs - last.atMs < STEP_MS) return;
    this.#marks.push({ done, atMs: nowMs });
    while ((this.#marks[1]?.atMs ?? nowMs) <= nowMs - WINDOW_MS) this.#marks.shift();
  }

  /** Milliseconds until `left` more have ended, if it goes on like this; null while none has. */
  timeForMs(left: number, { done, nowMs }: { readonly done: number; readonly nowMs: number }): number | null {
    const since = this.#marks.find((mark) => mark.done < done);
    if (since === undefined || nowMs <= since.atMs) return null;
    return (left * (nowMs - since.atMs)) / (done - since.done);
  }
}
