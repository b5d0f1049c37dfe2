import type { Command, Option } from 'commander';
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
  /** What follows the flags: a program with its own arguments, or one of these words. */
  readonly operands: 'program' | readonly string[];
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

const HELP: FlagModel = {
  short: undefined,
  long: '--help',
  description: 'show this help',
  takesValue: false,
  repeatable: false,
  completes: 'nothing',
};

const flagsOf = (command: Command): FlagModel[] => [
  ...command.options.filter((option) => !option.hidden).map(flagModel),
  HELP,
];

function operandsOf(command: Command): CommandModel['operands'] {
  const [argument] = command.registeredArguments;
  return argument?.variadic ? 'program' : (argument?.argChoices ?? []);
}

/** Read from the commands themselves, so that a flag that is added there is completed without another word. */
export function modelOf(program: Command): ProgramModel {
  return {
    name: program.name(),
    flags: flagsOf(program),
    commands: program.commands.map((command) => ({
      name: command.name(),
      summary: command.summary(),
      flags: flagsOf(command),
      operands: operandsOf(command),
    })),
  };
}

export function namesOf({ short, long }: FlagModel): string[] {
  return [short, long].filter((name) => name !== undefined);
}
