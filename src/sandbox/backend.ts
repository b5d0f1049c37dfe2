import type { Operation, RunEvents } from '../launcher/index.js';
import type { RunFacts } from '../spec/index.js';

/** A sandbox with its program in it, as whoever runs a job sees it. */
export interface RunningSandbox {
  /** Settles when the program is over and everything it wrote has been taken. Rejects with what a sink threw. */
  readonly facts: Promise<RunFacts>;
  readonly over: boolean;
  /** Feeds stdin, and waits while the program is behind. */
  write(data: Uint8Array): Promise<void>;
  closeInput(): void;
  signal(signo: number): void;
  kill(): void;
  resize(rows: number, cols: number): void;
}

/** What makes sandboxes from plans: a connection to a launcher. */
export interface Backend {
  run(operations: readonly Operation[], events: RunEvents): RunningSandbox;
}
