/** How a program was run, for people. What is given back may hold any character. */
import type { Input, Outcome } from '../../spec/index.js';

const PLAIN_WORD = /^[\w@%+=:,./-]+$/;

/** As a shell would have to be told. */
const quoted = (word: string): string =>
  PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** `./sum -v 'two words' < /work/big.in`; null when the command is not known. */
export function commandLine({ command, input }: Pick<Outcome, 'command' | 'input'>): string | null {
  if (command === null) return null;
  const words = command.map(quoted).join(' ');
  return input !== null && 'path' in input ? `${words} < ${quoted(input.path)}` : words;
}

/** What stood on standard input as far as it was kept; null when that is nothing, or a file. */
export function inputText(input: Input): { readonly text: string; readonly note: string | null } | null {
  if (input === null || 'path' in input) return null;
  const note = input.truncated ? `the beginning of ${input.bytes} bytes` : null;
  if ('text' in input) return { text: input.text, note };
  const text = Buffer.from(input.base64, 'base64').toString('latin1');
  return { text, note: [note, 'no UTF-8: each byte is shown as a character'].filter(Boolean).join('; ') };
}

/** The two as lines of one text; empty when nothing is known. */
export function howText(outcome: Pick<Outcome, 'command' | 'input'>): string {
  const line = commandLine(outcome);
  const input = inputText(outcome.input);
  return [
    ...(line === null ? [] : [`$ ${line}`]),
    ...(input === null ? [] : [`stdin${input.note === null ? '' : ` (${input.note})`}:`, input.text]),
  ].join('\n');
}
