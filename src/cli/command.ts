import { Command } from 'commander';
import { noColor } from './common-flags.js';
import type { Flag } from './flag.js';

export interface About {
  readonly name: string;
  /** For a list of commands. */
  readonly summary: string;
  readonly description: string;
  readonly usage: string;
  readonly flags: readonly Flag[];
  /** What comes after the flags. */
  readonly help: string;
}

/** A command of the command line, but for its arguments and what it does. */
export function makeCommand({ name, summary, description, usage, flags, help }: About): Command {
  const made = new Command(name).summary(summary).description(description).usage(usage);
  for (const flag of [...flags, noColor()]) made.addOption(flag);
  return made.addHelpText('after', help);
}
