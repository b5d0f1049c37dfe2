import { type Actions, createProgram } from '../../../src/cli/program.js';
import type { RunFlags } from '../../../src/cli/run/flags.js';

const nothing = async (): Promise<void> => undefined;

/** What the real parser makes of the arguments of `hotcell run`. */
export function flagsOf(argv: readonly string[]): { flags: RunFlags; command: readonly string[] } {
  let got: { flags: RunFlags; command: readonly string[] } | undefined;
  const actions: Actions = {
    run: async (flags, command) => {
      got = { flags, command };
    },
    doctor: nothing,
    schema: nothing,
    completion: nothing,
  };
  const program = createProgram(actions, { version: '1.2.3', colored: false, width: 100 });
  for (const command of [program, ...program.commands]) command.exitOverride();
  program.parse(['run', ...argv], { from: 'user' });
  if (got === undefined) throw new Error('run was not called');
  return got;
}
