import * as z from 'zod';
import { invalidSpec, show } from '../core/index.js';
import { base64Bytes, bytesSchema, contentBytes } from './content.js';
import { hostPath } from './paths.js';
import { closed, parsedBy, parsedText } from './shape.js';

/** What the program reads; `stream`: the caller feeds it while the program runs. */
export type Stdin =
  | { readonly kind: 'empty' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'stream' };

/** Standard input as a user writes it. */
export type StdinInput = string | Uint8Array | { path: string } | { base64: string } | { stream: true };

const SOURCES = ['path', 'base64', 'stream'] as const;

const stdinObject = closed(
  {
    path: parsedText(hostPath).optional().meta({ description: 'a file on the host' }),
    base64: parsedText(base64Bytes).optional(),
    stream: z.literal(true).optional().meta({ description: 'the caller feeds it while the program runs' }),
  },
  { aliases: { file: 'path', source: 'path' } },
).meta({ oneOf: SOURCES.map((name) => ({ required: [name] })) });

const ofBytes = (bytes: Uint8Array): Stdin =>
  bytes.byteLength === 0 ? { kind: 'empty' } : { kind: 'bytes', bytes };

function resolveStdin(given: string | Uint8Array | z.output<typeof stdinObject>): Stdin {
  if (typeof given === 'string' || given instanceof Uint8Array) return ofBytes(contentBytes(given));
  const names = SOURCES.filter((name) => given[name] !== undefined);
  if (names.length === 0) throw invalidSpec(`is missing a source; use one of ${SOURCES.join(', ')}`);
  if (names.length > 1) throw invalidSpec(`has ${names.join(' and ')}; use only one of them`);
  if (given.path !== undefined) return { kind: 'path', path: given.path };
  return given.base64 === undefined ? { kind: 'stream' } : ofBytes(given.base64);
}

export const stdinSchema: z.ZodType<Stdin, StdinInput> = z
  .union([z.string(), bytesSchema, stdinObject], {
    // An object gets the errors of its own keys; see problems.ts.
    error: ({ input }) =>
      typeof input === 'object' && input !== null && !Array.isArray(input)
        ? ''
        : `${show(input)} is not an input; use text, bytes, { path }, { base64 } or { stream: true }`,
  })
  .transform(parsedBy(resolveStdin)) as z.ZodType<Stdin, StdinInput>;
