import type { Command } from 'commander';
import type { Io } from '../io/io.js';
import { oneOf } from '../run/values.js';
import { bashCompletion } from './bash.js';
import { fishCompletion } from './fish.js';
import { modelOf, type ProgramModel } from './model.js';
import { SHELLS, type Shell } from './shells.js';
import { zshCompletion } from './zsh.js';

const SCRIPTS: Record<Shell, (program: ProgramModel) => string> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** `hotcell completion SHELL`: the script, made from the commands as they are. */
export async function completionCommand(shell: string, program: Command, io: Io): Promise<number> {
  const known = oneOf('SHELL', shell, SHELLS);
  await io.stdout.write(SCRIPTS[known](modelOf(program)));
  return 0;
}
