import { type Clock, HotcellError } from '../../core/index.js';
import type { Io } from '../io/io.js';
import { prefixed } from '../text.js';
import type { History } from './model.js';

/** What the commands about kept runs stand on. */
export interface HistoryServices {
  readonly io: Io;
  openHistory(): Promise<History>;
  /** The system's unless said otherwise. */
  readonly clock?: Clock | undefined;
}

/** Says on standard error what could not be done with one of several runs; nobody is left to be told when that is closed. */
export async function complain(
  { io }: Pick<HistoryServices, 'io'>,
  command: string,
  message: string,
): Promise<void> {
  // Nobody is left to be told when standard error is closed as well.
  await io.stderr.write(prefixed(`hotcell ${command}: `, [message])).catch(() => undefined);
}

/**
 * Does `act` for each run, and goes on after one with which it cannot be done.
 *
 * @returns the exit code: 1 when there was such a one, as docker's
 */
export async function forEachRun(
  runs: readonly string[],
  services: Pick<HistoryServices, 'io'>,
  { command, act }: { readonly command: string; readonly act: (run: string) => Promise<void> },
): Promise<number> {
  let exitCode = 0;
  for (const run of runs) {
    try {
      await act(run);
    } catch (error) {
      if (!(error instanceof HotcellError)) throw error;
      exitCode = 1;
      const hint = error.hint === undefined ? [] : [error.hint];
      await complain(services, command, [error.message, ...hint].join('\n'));
    }
  }
  return exitCode;
}
