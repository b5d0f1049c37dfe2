import type { Command, Option } from 'commander';
import { FileArgument, ImageArgument, ProgramArgument } from '../common-flags.js';
import { type Completes, Flag } from '../flag.js';

export interface FlagModel {
  readonly short: string | undefined;
  readonly long: string | undefined;
  readonly description: string;
  readonly takesValue: boolean;
  readonly repeatable: boolean;
  readonly completes: Completes;
}

export interface CommandModel {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly FlagModel[];
  /** What follows the flags: a program with its own arguments, files, images, or one of these words. */
  readonly operands: 'program' | 'files' | 'images' | readonly string[];
  /** Other names, such as docker's `list` for `ls`. */
  readonly aliases: readonly string[];
  readonly commands: readonly CommandModel[];
}

/** The command line as the three completion scripts need it. */
export interface ProgramModel {
  readonly name: string;
  readonly flags: readonly FlagModel[];
  readonly commands: readonly CommandModel[];
}

function flagModel(option: Option): FlagModel {
  return {
    short: option.short,
    long: option.long,
    description: option.description.replace(/ \*$/, ''),
    takesValue: option.required,
    repeatable: option.parseArg !== undefined,
    completes: option instanceof Flag ? option.completes : 'nothing',
  };
}

const flagsOf = (command: Command): FlagModel[] =>
  // Help is not among a command's own options, only among those that its help shows.
  command.createHelp().visibleOptions(command).map(flagModel);

function operandsOf(command: Command, program: Command): CommandModel['operands'] {
  const [argument] = command.registeredArguments;
  if (argument instanceof FileArgument) return 'files';
  if (argument instanceof ImageArgument) return 'images';
  if (command.name() === 'help') return program.commands.map((other) => other.name());
  if (argument instanceof ProgramArgument) return 'program';
  return argument?.argChoices ?? command.commands.map((other) => other.name());
}

function commandModel(command: Command, program: Command): CommandModel {
  return {
    name: command.name(),
    aliases: command.aliases(),
    summary: command.summary(),
    flags: flagsOf(command),
    operands: operandsOf(command, program),
    commands: command.commands.map((other) => commandModel(other, program)),
  };
}

/** Read from the commands themselves, so that a flag that is added there is completed without another word. */
export function modelOf(program: Command): ProgramModel {
  return {
    name: program.name(),
    flags: flagsOf(program),
    commands: program.commands.map((command) => commandModel(command, program)),
  };
}

export function namesOf({ short, long }: FlagModel): string[] {
  return [short, long].filter((name) => name !== undefined);
}
