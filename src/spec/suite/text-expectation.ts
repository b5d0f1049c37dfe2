import * as z from 'zod';
import { HotcellError, invalidSpec, quote, show } from '../../core/index.js';
import { base64Bytes, bytesSchema, contentBytes } from '../content.js';
import type { FileSource } from '../files.js';
import { hostPath } from '../paths.js';
import { closed, oneOf, parsedBy, parsedText } from '../shape.js';
import { SUITE_BOUNDS } from './bounds.js';
import { COMPARE_MODES, type CompareMode, type TextExpectation } from './suite.js';

/** Relative or absolute, as most judges have it for floating point. */
const DEFAULT_TOLERANCE = 1e-6;

const SOURCES = ['text', 'path', 'base64', 'matches'] as const;

/** What was expected of a text, as a user writes it: exactly one source. */
export type TextExpectationInput =
  | string
  | Uint8Array
  | ({ compare?: CompareMode; tolerance?: number; flags?: string } & (
      | { text: string | Uint8Array }
      | { path: string }
      | { base64: string }
      | { matches: string }
    ));

function checkRegexpText(text: string): string {
  if (text.length <= SUITE_BOUNDS.regexp) return text;
  throw invalidSpec(`${text.length} characters; at most ${SUITE_BOUNDS.regexp} in a regular expression`);
}

/** Without `g` and `y`, which are about going on after a match. */
function checkFlags(flags: string): string {
  if (/^[dimsuv]*$/.test(flags) && new Set(flags).size === flags.length) return flags;
  throw invalidSpec(
    `${quote(flags)} are not flags of a regular expression here; use some of d, i, m, s, u, v`,
  );
}

/** @throws HotcellError `invalid-spec` with what the engine says against the expression */
export function checkRegexp(source: string, flags: string): void {
  checkRegexpText(source);
  try {
    new RegExp(source, flags);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*: /s, '') : String(error);
    throw new HotcellError({
      code: 'invalid-spec',
      message: `${quote(source)} is not a regular expression: ${reason}`,
      cause: error,
    });
  }
}

const expectationShape = closed(
  {
    text: z
      .union([z.string(), bytesSchema], {
        error: ({ input }) => `${show(input)} is not text; put it in quotes`,
      })
      .transform(parsedBy(contentBytes))
      .optional(),
    path: parsedText(hostPath).optional().meta({ description: 'a file beside the suite' }),
    base64: parsedText(base64Bytes).optional(),
    matches: parsedText(checkRegexpText)
      .optional()
      .meta({ description: 'a regular expression of JavaScript' }),
    compare: oneOf(COMPARE_MODES).optional().meta({ description: 'exact unless said otherwise' }),
    tolerance: z
      .number()
      .nonnegative({ error: ({ input }) => `${show(input)} is not a tolerance; use a number such as 1e-6` })
      .optional()
      .meta({
        description: 'for float: the largest error, relative or absolute; 1e-6 unless said otherwise',
      }),
    flags: parsedText(checkFlags).optional().meta({ description: 'for matches: such as "im"' }),
  },
  {
    aliases: {
      content: 'text',
      exact: 'text',
      equals: 'text',
      file: 'path',
      regexp: 'matches',
      regex: 'matches',
      mode: 'compare',
    },
  },
).meta({ oneOf: SOURCES.map((name) => ({ required: [name] })) });

type Given = z.output<typeof expectationShape>;

function sourceOf({ text, path, base64, matches }: Given): FileSource {
  if (path !== undefined) return { kind: 'path', path };
  const bytes = text ?? base64 ?? new TextEncoder().encode(matches ?? '');
  return { kind: 'bytes', bytes };
}

function checkSources(given: Given): void {
  const names = SOURCES.filter((name) => given[name] !== undefined);
  if (names.length === 0) throw invalidSpec(`is missing a source; use one of ${SOURCES.join(', ')}`);
  if (names.length > 1) throw invalidSpec(`has ${names.join(' and ')}; use only one of them`);
}

function compareOf({ matches, compare }: Given): CompareMode {
  if (matches === undefined) return compare ?? 'exact';
  if (compare === undefined || compare === 'matches') return 'matches';
  throw invalidSpec(`has matches, which cannot be compared as ${quote(compare)}; use text`);
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function checkJson(source: string): void {
  try {
    JSON.parse(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalidSpec(`expects JSON, and is none: ${quote(reason, 100)}`);
  }
}

function checkContent(compare: CompareMode, source: FileSource, flags: string): void {
  if (source.kind === 'path') return;
  if (compare === 'matches') checkRegexp(decode(source.bytes), flags);
  if (compare === 'json') checkJson(decode(source.bytes));
}

function resolveExpectation(given: Given): TextExpectation {
  checkSources(given);
  const compare = compareOf(given);
  const { tolerance, flags } = given;
  if (tolerance !== undefined && compare !== 'float')
    throw invalidSpec('has a tolerance, which is for compare "float"');
  if (flags !== undefined && compare !== 'matches')
    throw invalidSpec('has flags, which are for compare "matches"');
  const expected = sourceOf(given);
  checkContent(compare, expected, flags ?? '');
  return { compare, expected, tolerance: tolerance ?? DEFAULT_TOLERANCE, flags: flags ?? '' };
}

export const textExpectationSchema: z.ZodType<TextExpectation, TextExpectationInput> = z
  .union([z.string(), bytesSchema, expectationShape], {
    error: ({ input }) =>
      typeof input === 'object' && input !== null && !Array.isArray(input)
        ? ''
        : `${show(input)} is not an expected text; use text in quotes, { text }, { path }, { base64 } or { matches }`,
  })
  .transform(
    parsedBy((given: string | Uint8Array | Given) =>
      resolveExpectation(
        typeof given === 'string' || given instanceof Uint8Array ? { text: contentBytes(given) } : given,
      ),
    ),
  ) as z.ZodType<TextExpectation, TextExpectationInput>;
