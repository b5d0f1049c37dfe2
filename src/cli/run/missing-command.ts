import { type HotcellError, quote } from '../../core/index.js';
import { runFlags } from './flags.js';
import { usageError } from './values.js';

/** The last word, if it is the value of the flag before it. */
function swallowed(argv: readonly string[]): { readonly word: string; readonly flag: string } | null {
  const [flag, word] = argv.slice(-2);
  if (flag === undefined || word === undefined) return null;
  const takesIt = runFlags().some(({ required, long, short }) => required && [long, short].includes(flag));
  return takesIt ? { word, flag } : null;
}

/**
 * `hotcell run` without a program. Who forgot a flag's value sees that the program was taken for it.
 *
 * @param argv what was written after `run`
 */
export function missingCommand(argv: readonly string[] = []): HotcellError {
  const found = swallowed(argv);
  if (found === null) return usageError('COMMAND is missing; for example: hotcell run -- ls -l');
  return usageError(`COMMAND is missing; ${quote(found.word)} was taken as the value of ${found.flag}`);
}
