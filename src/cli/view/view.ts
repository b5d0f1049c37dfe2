import type { Clock } from '../../core/index.js';
import type { Colors } from '../color.js';
import type { Io } from '../io/io.js';
import type { SuiteEvent } from '../test/engine.js';

/** What shows a person how a test run goes on. */
export interface View {
  /** What happens after `close` is not shown any more. */
  readonly onEvent: (event: SuiteEvent) => void;
  /** A line of ours, such as what Ctrl-C has done. */
  say(line: string): void;
  /** Something else is about to write to standard output, which may be the same terminal. */
  giveWay(): Promise<void>;
  /** Resolves when all is written, and the terminal is as it was, however often. Never rejects: a view is not worth a run. */
  close(): Promise<void>;
}

export interface ViewContext {
  readonly io: Pick<Io, 'stderr' | 'terminal'>;
  readonly clock: Clock;
  readonly colors: Colors;
}

/** For `--quiet`. */
export const NO_VIEW: View = {
  onEvent: () => undefined,
  say: () => undefined,
  giveWay: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
