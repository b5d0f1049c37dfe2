import type { Command } from 'commander';
import { makeCommand } from '../command.js';
import { Flag } from '../flag.js';
import { INSPECT_HELP, LOGS_HELP, PS_HELP, RM_HELP } from './help.js';
import type { InspectFlags } from './inspect.js';
import type { LogsFlags } from './logs.js';
import type { PsFlags } from './ps.js';
import type { RmFlags } from './rm.js';

/** What the commands do; everything heavy is imported behind these. */
export interface HistoryActions {
  ps(flags: PsFlags): Promise<void>;
  logs(flags: LogsFlags, run: string): Promise<void>;
  inspect(flags: InspectFlags, runs: readonly string[]): Promise<void>;
  rm(flags: RmFlags, runs: readonly string[]): Promise<void>;
}

const WHICH = 'Which runs:';
const HOW = 'How they are shown:';

const psFlags = (): Flag[] => [
  new Flag({ flags: '-a, --all', description: 'those that are over as well', group: WHICH }),
  new Flag({
    flags: '-f, --filter <key=value>',
    description: 'only runs that fit; see below *',
    group: WHICH,
    repeatable: true,
    completes: [
      'id=',
      'name=',
      'label=',
      'status=running',
      'status=exited',
      'status=lost',
      'exited=',
      'ancestor=',
    ],
  }),
  new Flag({ flags: '-n, --last <number>', description: 'the newest so many, in any state', group: WHICH }),
  new Flag({ flags: '-l, --latest', description: 'the newest, in any state', group: WHICH }),
  new Flag({
    flags: '--format <format>',
    description: 'json, table, or a template; see below',
    group: HOW,
    completes: ['json', 'table'],
  }),
  new Flag({ flags: '--no-trunc', description: 'whole ids and commands', group: HOW }),
  new Flag({ flags: '-q, --quiet', description: 'only ids', group: HOW }),
];

const logsFlags = (): Flag[] => [
  new Flag({ flags: '-f, --follow', description: 'go on until the run is over', group: HOW }),
  new Flag({ flags: '-t, --timestamps', description: 'begin each line with its time', group: HOW }),
  new Flag({
    flags: '-n, --tail <number>',
    description: 'only so many of the last lines (default: all)',
    group: HOW,
  }),
  new Flag({ flags: '--since <time>', description: 'only what was written since then', group: HOW }),
  new Flag({ flags: '--until <time>', description: 'only what was written until then', group: HOW }),
];

const inspectFlags = (): Flag[] => [
  new Flag({
    flags: '-f, --format <format>',
    description: 'json for a line each, or a template (default: a JSON list)',
    group: HOW,
    completes: ['json'],
  }),
];

const rmFlags = (): Flag[] => [
  new Flag({ flags: '-f, --force', description: 'end those that still run, and remove them', group: WHICH }),
];

function psCommand(actions: HistoryActions): Command {
  return makeCommand({
    name: 'ps',
    summary: 'list the runs that are kept',
    description: 'List tests and named runs, the newest first; those that are over only with --all.',
    usage: '[flags]',
    flags: psFlags(),
    help: PS_HELP,
  }).action(async (flags: PsFlags) => await actions.ps(flags));
}

function logsCommand(actions: HistoryActions): Command {
  return makeCommand({
    name: 'logs',
    summary: 'print what a run wrote',
    description: 'Print what the program of a named run wrote, to standard output and standard error.',
    usage: '[flags] RUN',
    flags: logsFlags(),
    help: LOGS_HELP,
  })
    .argument('<run>')
    .action(async (run: string, flags: LogsFlags) => await actions.logs(flags, run));
}

function inspectCommand(actions: HistoryActions): Command {
  return makeCommand({
    name: 'inspect',
    summary: 'print all that is known of runs',
    description: 'Print all that is known of runs as JSON, or what a template asks for.',
    usage: '[flags] RUN…',
    flags: inspectFlags(),
    help: INSPECT_HELP,
  })
    .argument('<run...>')
    .action(async (runs: string[], flags: InspectFlags) => await actions.inspect(flags, runs));
}

function rmCommand(actions: HistoryActions): Command {
  return makeCommand({
    name: 'rm',
    summary: 'remove runs from the history',
    description: 'Remove runs with all that is kept of them, and free their names.',
    usage: '[flags] RUN…',
    flags: rmFlags(),
    help: RM_HELP,
  })
    .argument('<run...>')
    .action(async (runs: string[], flags: RmFlags) => await actions.rm(flags, runs));
}

/** `ps`, `logs`, `inspect` and `rm` for the parser. */
export function historyCommands(actions: HistoryActions): Command[] {
  return [psCommand(actions), logsCommand(actions), inspectCommand(actions), rmCommand(actions)];
}
