import * as z from 'zod';
import { invalidSpec } from '../core/index.js';
import { BOUNDS } from './bounds.js';
import { base64Bytes, contentBytes, textOrBytes } from './content.js';
import { parseMode } from './mode.js';
import { filePath, hostPath } from './paths.js';
import { attempt, type Context, closed, parsedBy, parsedText } from './shape.js';

export type FileSource =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'path'; readonly path: string };

/** A file to put into the sandbox before the program starts. */
export interface JobFile {
  /** Absolute, or relative to the workdir; normal, and never leaving it. */
  readonly dest: string;
  readonly source: FileSource;
  /** Null: that of the source's file, or 0644 for bytes. */
  readonly mode: number | null;
}

interface Mode {
  /** Octal text such as "0755", or the mode itself as a number. */
  mode?: number | string | undefined;
  /** Of a path in a suite: that it is missing is no problem of the suite, but what needs it cannot start. */
  mayBeMissing?: boolean | undefined;
}

/** A file as a user writes it: exactly one of the three sources. */
export type FileInput = Mode & ({ content: string | Uint8Array } | { base64: string } | { path: string });

const SOURCES = ['content', 'base64', 'path'] as const;

const fileShape = closed(
  {
    content: textOrBytes.transform(parsedBy(contentBytes)).optional(),
    base64: parsedText(base64Bytes).optional(),
    path: parsedText(hostPath).optional().meta({ description: 'a file on the host' }),
    mode: z
      .union([z.number(), z.string()])
      .transform(parsedBy((mode: number | string) => parseMode(mode)))
      .optional()
      .meta({ description: 'permissions, octal text such as "0755"' }),
    mayBeMissing: z.boolean().optional().meta({
      description: 'of a path in a suite: that it is missing concerns only what needs it, which cannot start',
    }),
  },
  {
    aliases: {
      optional: 'mayBeMissing',
      text: 'content',
      data: 'content',
      source: 'path',
      src: 'path',
      file: 'path',
    },
  },
);

function resolveSource(file: z.output<typeof fileShape>): Omit<JobFile, 'dest'> {
  const given = SOURCES.filter((name) => file[name] !== undefined);
  if (given.length === 0) throw invalidSpec(`is missing a source; use one of ${SOURCES.join(', ')}`);
  if (given.length > 1) throw invalidSpec(`has ${given.join(' and ')}; use only one of them`);
  if (file.mayBeMissing === true && file.path === undefined)
    throw invalidSpec('has "mayBeMissing", which is for a path');
  const bytes = file.content ?? file.base64;
  const source: FileSource =
    bytes === undefined ? { kind: 'path', path: file.path ?? '' } : { kind: 'bytes', bytes };
  return { source, mode: file.mode ?? null };
}

const fileSchema: z.ZodType<Omit<JobFile, 'dest'>, FileInput> = fileShape
  .transform(parsedBy(resolveSource))
  .meta({ oneOf: SOURCES.map((name) => ({ required: [name] })) }) as z.ZodType<
  Omit<JobFile, 'dest'>,
  FileInput
>;

function resolveFiles(files: Readonly<Record<string, Omit<JobFile, 'dest'>>>, context: Context): JobFile[] {
  const entries = Object.entries(files);
  if (entries.length > BOUNDS.files) {
    context.addIssue({
      code: 'custom',
      message: `${entries.length} files; at most ${BOUNDS.files}`,
      input: files,
    });
    return z.NEVER;
  }
  return entries.flatMap(([key, file]) => {
    const dest = attempt(context, [key], () => filePath(key));
    return dest === undefined ? [] : [{ dest, ...file }];
  });
}

export const filesSchema = z
  .record(z.string(), fileSchema, {
    error: ({ code }) =>
      code === 'invalid_type' ? 'is not an object; write { "name": { content: "…" } }' : undefined,
  })
  .transform(resolveFiles);
