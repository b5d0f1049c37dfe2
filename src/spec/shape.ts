import * as z from 'zod';
import { HotcellError, invalidSpec, nearest, quote, show } from '../core/index.js';

/** Names that people bring from other tools, and ours for the same thing. */
type Aliases = Readonly<Record<string, string>>;

export interface Closed {
  readonly aliases?: Aliases;
}

function unknownKey(key: string, known: readonly string[], aliases: Aliases): string {
  const alias = Object.hasOwn(aliases, key) ? aliases[key] : undefined;
  const meant = alias ?? nearest(key, known);
  return meant === undefined
    ? `unknown key; allowed: ${known.join(', ')}`
    : `unknown key; did you mean ${quote(meant)}?`;
}

/**
 * An object that refuses keys it does not know. Its error has one line per unknown key, in the order of the issue's
 * `keys`, each with the nearest right key.
 */
export function closed<Shape extends z.ZodRawShape>(shape: Shape, { aliases = {} }: Closed = {}) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknownKey(key, known, aliases)).join('\n')
        : undefined,
  });
}

/** Where a schema's own step reports what it finds wrong. */
export type Context = Pick<z.core.$RefinementCtx, 'addIssue'>;

/**
 * The result of `action`. The HotcellError that a parser throws becomes an issue at `path` below the value, and gives
 * undefined; anything else is a fault of ours and comes through.
 */
export function attempt<Output>(
  context: Context,
  path: PropertyKey[],
  action: () => Output,
): Output | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof HotcellError) || error.code !== 'invalid-spec') throw error;
    context.addIssue({ code: 'custom', message: error.message, path });
    return undefined;
  }
}

/** A step of a schema by a parser that throws HotcellError. */
export function parsedBy<Input, Output>(parse: (value: Input) => Output) {
  // Where an issue was added, zod drops the value.
  return (value: Input, context: Context): Output => attempt(context, [], () => parse(value)) as Output;
}

/** Text that `parse` checks or turns into something else. */
export function parsedText<Output>(parse: (text: string) => Output) {
  return z.string().transform(parsedBy(parse));
}

/** One of a few words; anything else is answered with all of them and the nearest. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, {
    error: ({ input }) => {
      if (input === undefined) return `is missing; use one of ${words.join(', ')}`;
      const meant = typeof input === 'string' ? nearest(input, words) : undefined;
      const end = meant === undefined ? '' : `; did you mean ${quote(meant)}?`;
      return `${show(input)} is not allowed; use one of ${words.join(', ')}${end}`;
    },
  });
}

/**
 * A list with a bound; `such` is an example for the error of a value that is no list. Not zod's own `max`: that looks at
 * the `length` of whatever it is given, and throws TypeError for `{ length: {…} }`.
 */
export function listOf<Item extends z.ZodType>(item: Item, max: number, such: string) {
  return z
    .array(item, {
      error: ({ input }) =>
        input === undefined ? `is missing; write ${such}` : `${show(input)} is not a list; write ${such}`,
    })
    .meta({ maxItems: max })
    .transform(
      parsedBy((list: z.output<Item>[]) => {
        if (list.length > max) throw invalidSpec(`${show(list)} is too long; at most ${max} entries`);
        return list;
      }),
    );
}

/** Text by name, with a bound on how many; what the names and texts may be is up to the caller. */
export function textMap(max: number, such: string) {
  const texts = z.string({
    error: ({ input }) =>
      typeof input === 'number' || typeof input === 'boolean'
        ? `${show(input)} is a ${typeof input}; put it in quotes: "${input}"`
        : `expected text, not ${show(input)}`,
  });
  return z
    .record(z.string(), texts, { error: ({ input }) => `${show(input)} is not an object; write ${such}` })
    .transform(
      parsedBy((map: Record<string, string>) => {
        const count = Object.keys(map).length;
        if (count > max)
          throw new HotcellError({ code: 'invalid-spec', message: `${count} entries; at most ${max}` });
        return map;
      }),
    );
}
