import { HotcellError } from '../../core/index.js';
import type { Io } from '../io/io.js';
import { prefixed } from '../text.js';

/** Says on standard error what could not be done; nobody is left to be told when that is closed. */
export async function complain(io: Pick<Io, 'stderr'>, command: string, message: string): Promise<void> {
  await io.stderr.write(prefixed(`hotcell ${command}: `, [message])).catch(() => undefined);
}

/** An error's message and what can be done about it, on a line each. */
export const complaintOf = ({ message, hint }: HotcellError): string =>
  hint === undefined ? message : `${message}\n${hint}`;

/**
 * Does `act` for each of several things that were named, and goes on after one with which it cannot be done.
 *
 * @returns the exit code: 1 when there was such a one, as docker's
 */
export async function forEachNamed(
  names: readonly string[],
  io: Pick<Io, 'stderr'>,
  { command, act }: { readonly command: string; readonly act: (name: string) => Promise<void> },
): Promise<number> {
  let exitCode = 0;
  for (const name of names) {
    try {
      await act(name);
    } catch (error) {
      if (!(error instanceof HotcellError)) throw error;
      exitCode = 1;
      await complain(io, command, complaintOf(error));
    }
  }
  return exitCode;
}
