import { Command } from 'commander';
import {
  type HistoryServices,
  historyCommands,
  inspectCommand,
  logsCommand,
  psCommand,
  rmCommand,
} from '../../../../src/cli/history/index.js';
import type { Clock } from '../../../../src/core/index.js';
import { HotcellError } from '../../../../src/core/index.js';
import type { LiveRun, NewRun, RunStore } from '../../../../src/store/index.js';
import { FakeIo } from '../support.js';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The parser with the commands in it, and a store behind them. A usage error is given as code 2. */
export async function history(
  argv: readonly string[],
  { store, io = new FakeIo(), clock }: { store: RunStore; io?: FakeIo; clock?: Clock },
): Promise<Said> {
  const services: HistoryServices = { io, openHistory: async () => store, clock };
  let code = -1;
  const program = new Command('hotcell').enablePositionalOptions();
  const commands = historyCommands({
    ps: async (flags) => {
      code = await psCommand(flags, services);
    },
    logs: async (flags, run) => {
      code = await logsCommand(flags, run, services);
    },
    inspect: async (flags, runs) => {
      code = await inspectCommand(flags, runs, services);
    },
    rm: async (flags, runs) => {
      code = await rmCommand(flags, runs, services);
    },
  });
  for (const command of commands)
    program.addCommand(command.exitOverride().configureOutput({ writeErr: () => undefined }));
  try {
    await program.exitOverride().parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof HotcellError) || error.code !== 'invalid-usage') throw error;
    return { code: 2, out: io.stdout.text, err: `${error.message}\n` };
  }
  return { code, out: io.stdout.text, err: io.stderr.text };
}

/** A run that is over. */
export async function kept(
  store: RunStore,
  run: Partial<NewRun>,
  { exitCode = 0, log }: { exitCode?: number; log?: (live: LiveRun) => Promise<void> } = {},
): Promise<string> {
  const live = await store.create({ kind: 'run', image: 'host', command: ['true'], ...run });
  await log?.(live);
  await live.finish({ exitCode });
  return live.id;
}
