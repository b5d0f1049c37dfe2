import type { Command } from 'commander';
import { nearest, quote } from '../core/index.js';
import { usageError } from './run/values.js';

/**
 * The command that words such as `report diff` name.
 *
 * @throws HotcellError `invalid-usage` when there is none
 */
export function findCommand(words: readonly string[], program: Command): Command {
  let found = program;
  for (const word of words) {
    const names = found.commands.map((command) => command.name());
    const next = found.commands.find((command) => command.name() === word);
    if (next === undefined) {
      const guess = nearest(word, names);
      const hint = guess === undefined ? `; hotcell help lists them` : `; did you mean ${guess}?`;
      throw usageError(`there is no command ${quote(words.join(' '))}${hint}`);
    }
    found = next;
  }
  return found;
}
