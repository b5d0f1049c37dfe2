import { Argument } from 'commander';
import { Flag } from './flag.js';

export const GENERAL = 'General:';

export const noColor = (): Flag =>
  new Flag({ flags: '--no-color', description: 'no colours (NO_COLOR does the same)', group: GENERAL });

/** Known to the completion; that a word is one of them is checked by the command, in the words of this program. */
export function oneOfWords(name: string, words: readonly string[]): Argument {
  const argument = new Argument(name);
  argument.argChoices = [...words];
  return argument;
}

/** A program and its own arguments: completed as a shell would complete them. */
export class ProgramArgument extends Argument {}

/** Completed with the names of the images that are here. */
export class ImageArgument extends Argument {}

/** Completed with the names of files. */
export class FileArgument extends Argument {}
