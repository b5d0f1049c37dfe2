/** Time as the rest of the code sees it, so that tests can bring their own. */
export interface Clock {
  /** Milliseconds on a monotonic clock with an arbitrary start; only differences mean something. */
  nowMs(): number;
  /** The wall clock, for time stamps. */
  date(): Date;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  date: () => new Date(),
};
