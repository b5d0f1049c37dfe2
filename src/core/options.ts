import { HotcellError } from './errors.js';
import { quote, show } from './show.js';
import { nearest } from './suggest.js';

/** Every option that there is, so that the compiler says when one is forgotten. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>;

/**
 * Refuses options that are none: one that is misspelt, and silently without effect, could be the limit that was to hold.
 *
 * @param of whose options they are, for the message
 * @throws HotcellError `invalid-usage` that names the first unknown option and the nearest right one
 */
export function checkOptions<Options>(of: string, options: Options, names: OptionNames<Options>): void {
  if (typeof options !== 'object' || options === null) {
    throw new HotcellError({ code: 'invalid-usage', message: `${of}: ${show(options)} is not an object` });
  }
  const known = Object.keys(names);
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const meant = nearest(unknown, known);
  const ending = meant === undefined ? `allowed: ${known.join(', ')}` : `did you mean ${quote(meant)}?`;
  throw new HotcellError({
    code: 'invalid-usage',
    message: `${of}: unknown option ${quote(unknown)}; ${ending}`,
  });
}
