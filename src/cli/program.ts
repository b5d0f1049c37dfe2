import { Command, Option } from 'commander';
import type { Actions } from './actions.js';
import { type Colors, colors } from './color.js';
import { GENERAL, noColor, oneOfWords, ProgramArgument } from './common-flags.js';
import { SHELLS } from './completion/shells.js';
import type { DoctorFlags } from './doctor/command.js';
import { Flag } from './flag.js';
import {
  COMPLETION_HELP,
  DOCTOR_HELP,
  HELP_HELP,
  PROGRAM_HELP,
  RUN_HELP,
  SCHEMA_HELP,
  VERSION_HELP,
} from './help-text.js';
import { historyCommands } from './history/commands.js';
import { imageCommands } from './image/index.js';
import { type RunFlags, runFlags } from './run/flags.js';
import { SCHEMA_NAMES } from './schema-names.js';
import { seccompCommand } from './seccomp/commands.js';
import { suiteCommands } from './suite-commands.js';

export interface Look {
  readonly version: string;
  readonly colored: boolean;
  readonly width: number;
}

/** Help of more columns than this is hard to read, however wide the terminal is. */
const MAX_WIDTH = 100;

/** docker's `run -h NAME` is a host name; everywhere else -h means what it means everywhere. */
const helpFlags = (command: Command): string => (command.name() === 'run' ? '--help' : '-h, --help');

function configureHelp(command: Command, paint: Colors, { colored, width }: Look): Command {
  return command
    .addHelpOption(new Option(helpFlags(command), 'show this help').helpGroup(GENERAL))
    .helpCommand(false)
    .configureHelp({
      styleTitle: (text) => paint.bold(text),
      styleOptionTerm: (text) => paint.cyan(text),
      styleSubcommandTerm: (text) => paint.cyan(text),
      subcommandTerm: (sub) => sub.name(),
      optionDescription: (option) => option.description,
    })
    .configureOutput({
      getOutHelpWidth: () => Math.min(MAX_WIDTH, width),
      getErrHelpWidth: () => Math.min(MAX_WIDTH, width),
      getOutHasColors: () => colored,
      getErrHasColors: () => colored,
    });
}

function runCommand(actions: Actions): Command {
  const command = new Command('run')
    .summary('run one program in a sandbox of its own')
    .description('Run one program in a sandbox of its own, hold it to limits, and exit as it does.')
    .usage('[flags] [--] COMMAND [ARG…]')
    .addArgument(new ProgramArgument('[command...]'))
    .passThroughOptions()
    .action(async (words: string[], flags: RunFlags) => await actions.run(flags, words));
  for (const flag of [...runFlags(), noColor()]) command.addOption(flag);
  return command.addHelpText('after', RUN_HELP);
}

function doctorCommand(actions: Actions): Command {
  return new Command('doctor')
    .summary('check what isolation this host can give')
    .description('Do each step of a sandbox for real, and show what is missing and how to get it.')
    .usage('[flags]')
    .addOption(new Flag({ flags: '--json', description: 'print the report as JSON', group: GENERAL }))
    .addOption(noColor())
    .action(async (flags: DoctorFlags) => await actions.doctor(flags))
    .addHelpText('after', DOCTOR_HELP);
}

function schemaCommand(actions: Actions): Command {
  return new Command('schema')
    .summary('print the JSON Schema of a suite, a job, an outcome or a report')
    .description(
      'Print the JSON Schema of what a suite or a job may be, of what a run gives, or of a report.',
    )
    .usage(`[${SCHEMA_NAMES.join('|')}]`)
    .addArgument(oneOfWords('[name]', SCHEMA_NAMES).default('job'))
    .action(async (name: string) => await actions.schema(name))
    .addHelpText('after', SCHEMA_HELP);
}

function completionCommand(actions: Actions, program: Command): Command {
  return new Command('completion')
    .summary('print what makes a shell complete commands and flags')
    .description('Print a script that makes a shell complete commands, flags and their values.')
    .usage(SHELLS.join('|'))
    .addArgument(oneOfWords('<shell>', SHELLS))
    .action(async (shell: string) => await actions.completion(shell, program))
    .addHelpText('after', COMPLETION_HELP);
}

function helpCommand(actions: Actions, program: Command): Command {
  return new Command('help')
    .summary('show the help of a command')
    .description('Show the help of a command, or of all.')
    .usage('[COMMAND]')
    .argument('[command...]')
    .action(async (words: string[]) => await actions.help(words, program))
    .addHelpText('after', HELP_HELP);
}

function versionCommand(actions: Actions): Command {
  return new Command('version')
    .summary('print the version')
    .description('Print the version, as --version does.')
    .usage('')
    .action(async () => await actions.version())
    .addHelpText('after', VERSION_HELP);
}

function allCommands(actions: Actions, program: Command): Command[] {
  return [
    runCommand(actions).helpGroup('Single programs:'),
    ...suiteCommands(actions),
    ...imageCommands(actions).map((command) => command.helpGroup('Images:')),
    ...historyCommands(actions).map((command) => command.helpGroup('History:')),
    ...[
      doctorCommand(actions),
      schemaCommand(actions),
      seccompCommand(actions),
      completionCommand(actions, program),
      helpCommand(actions, program),
      versionCommand(actions),
    ].map((command) => command.helpGroup('Others:')),
  ];
}

/** A command and all that are below it. */
export const withSubcommands = (command: Command): Command[] => [
  command,
  ...command.commands.flatMap(withSubcommands),
];

/** The command line as data: parser, help and completion are all made from what this returns. */
export function createProgram(actions: Actions, look: Look): Command {
  const paint = colors(look.colored);
  const program = new Command('hotcell')
    .description('Run programs you do not trust, each in a disposable Linux sandbox.')
    .usage('COMMAND [flags]')
    .optionsGroup(GENERAL)
    .version(look.version, '--version', 'print the version')
    .enablePositionalOptions()
    .addOption(noColor())
    .addHelpText('after', PROGRAM_HELP);
  for (const command of allCommands(actions, program)) program.addCommand(command);
  for (const command of withSubcommands(program)) configureHelp(command, paint, look);
  return program;
}
