import * as z from 'zod';
import type { Stdin } from './stdin.js';

/** Characters of all words of a command, and bytes of an input, that an outcome keeps. */
const MAX_COMMAND = 4096;
const MAX_INPUT = 1024;

const kept = {
  bytes: z.int().nonnegative().meta({ description: 'of all of it' }),
  truncated: z.boolean().meta({ description: 'whether this is only its beginning' }),
};

export const commandSchema = z
  .array(z.string())
  .nullable()
  .default(null)
  .meta({
    description: `what was run, with its arguments; "…" ends what is longer than ${MAX_COMMAND} characters`,
  });

export const inputSchema = z
  .union([
    z.strictObject({ text: z.string(), ...kept }),
    z.strictObject({
      base64: z.base64().meta({ description: 'instead of text when it is not UTF-8' }),
      ...kept,
    }),
    z.strictObject({ path: z.string().meta({ description: 'the file of the host that it was' }) }),
  ])
  .nullable()
  .default(null)
  .meta({
    description: 'what stood on standard input; null when it was nothing, or came while the program ran',
  });

/** What a program read, as an outcome tells it. */
export type Input = z.output<typeof inputSchema>;

function shortened(command: readonly string[]): string[] {
  const words: string[] = [];
  let left = MAX_COMMAND;
  for (const word of command) {
    if (word.length > left) return [...words, `${word.slice(0, left).replace(/[\ud800-\udbff]$/, '')}…`];
    words.push(word);
    left -= word.length;
    // Empty words take room in a report as well.
    left -= 1;
  }
  return words;
}

function beginning(bytes: Uint8Array): Input {
  const truncated = bytes.byteLength > MAX_INPUT;
  const head = bytes.subarray(0, MAX_INPUT);
  const about = { bytes: bytes.byteLength, truncated };
  try {
    // As a part of a stream, what is cut within a character is only the rest of that character.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(head, {
      stream: truncated,
    });
    return { text, ...about };
  } catch {
    return { base64: Buffer.from(head).toString('base64'), ...about };
  }
}

function inputOf(stdin: Stdin): Input {
  if (stdin.kind === 'path') return { path: stdin.path };
  return stdin.kind === 'bytes' ? beginning(stdin.bytes) : null;
}

/** What an outcome says of the program that it is of: bounded, whatever the job has. */
export function whatRan({
  command,
  stdin,
}: {
  /** Null when it is left to an image that nobody looked at. */
  readonly command: readonly string[] | null;
  readonly stdin: Stdin;
}): { readonly command: string[] | null; readonly input: Input } {
  return { command: command === null ? null : shortened(command), input: inputOf(stdin) };
}
