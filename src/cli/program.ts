import { Argument, Command, Option } from 'commander';
import { type Colors, colors } from './color.js';
import { SHELLS } from './completion/shells.js';
import type { DoctorFlags } from './doctor/command.js';
import { Flag } from './flag.js';
import { COMPLETION_HELP, DOCTOR_HELP, PROGRAM_HELP, RUN_HELP, SCHEMA_HELP } from './help-text.js';
import { type RunFlags, runFlags } from './run/flags.js';
import { SCHEMA_NAMES } from './schema-names.js';

/** What the commands do; everything heavy is imported behind these. */
export interface Actions {
  run(flags: RunFlags, command: readonly string[]): Promise<void>;
  doctor(flags: DoctorFlags): Promise<void>;
  schema(name: string): Promise<void>;
  completion(shell: string, program: Command): Promise<void>;
}

export interface Look {
  readonly version: string;
  readonly colored: boolean;
  readonly width: number;
}

const GENERAL = 'General:';

const noColor = (): Flag =>
  new Flag({ flags: '--no-color', description: 'no colours (NO_COLOR does the same)', group: GENERAL });

/** Known to the completion; that a word is one of them is checked by the command, in the words of this program. */
function oneOfWords(name: string, words: readonly string[]): Argument {
  const argument = new Argument(name);
  argument.argChoices = [...words];
  return argument;
}

/** Help of more columns than this is hard to read, however wide the terminal is. */
const MAX_WIDTH = 100;

function configureHelp(command: Command, paint: Colors, { colored, width }: Look): Command {
  return command
    .addHelpOption(new Option('--help', 'show this help').helpGroup(GENERAL))
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
    .argument('[command...]')
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
    .summary('print the JSON Schema of a job or an outcome')
    .description('Print the JSON Schema of what a job may be, or of what a run gives.')
    .usage('[job|outcome]')
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
  const commands = [
    runCommand(actions),
    doctorCommand(actions),
    schemaCommand(actions),
    completionCommand(actions, program),
  ];
  for (const command of commands) program.addCommand(command);
  for (const command of [program, ...commands]) configureHelp(command, paint, look);
  return program;
}
