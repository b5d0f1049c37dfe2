import type { Command, CommanderError } from 'commander';
import { type HotcellError, nearest, quote } from '../core/index.js';
import type { HostEnv } from '../spec/index.js';
import { Flag } from './flag.js';
import { imageFlagAdvice } from './image/docker-flags.js';
import { isOnPath, shellLine } from './on-path.js';
import { dockerAdvice } from './run/docker-flags.js';
import { usageError } from './run/values.js';

/** The word that commander's message is about. */
const subject = (error: CommanderError): string => /'(.*)'/s.exec(error.message)?.[1] ?? '';

const flagWords = (command: Command): string[] =>
  [
    ...command.options.filter((option) => !option.hidden).flatMap((option) => [option.long, option.short]),
    '--help',
  ].filter((word) => typeof word === 'string');

function didYouMean(word: string, candidates: readonly string[]): string {
  const guess = nearest(word, candidates);
  return guess === undefined ? '' : `; did you mean ${guess}?`;
}

const isAtTop = (command: Command): boolean => command.parent === null;

/** The commands about runs have the names of others about images. */
function adviceFor(command: Command, flag: string): string | null {
  const name = command.name();
  if (name === 'run') return dockerAdvice(flag);
  const isAboutRuns = command.parent?.parent === null && ['rm', 'inspect'].includes(name);
  return isAboutRuns ? null : imageFlagAdvice(name, flag);
}

function unknownFlag(error: CommanderError, command: Command): string {
  const word = subject(error);
  // Of short flags written together (`-izt`), those before the unknown one are gone already.
  const [flag = '', ...value] = word.startsWith('--') ? word.split('=') : [word.slice(0, 2)];
  if (command.options.some((option) => option.long === flag) && value.length > 0) {
    return `${flag} takes no value; write it without "="`;
  }
  const advice = adviceFor(command, flag);
  if (advice !== null) return `unknown flag ${quote(flag)}; ${advice}`;
  const guess = flag.startsWith('--') ? didYouMean(flag, flagWords(command)) : '';
  return `unknown flag ${quote(flag)}${guess || `; ${commandLine(command)} --help lists them`}`;
}

function missingValue(error: CommanderError, command: Command): string {
  const title = /--[a-z-]+/.exec(subject(error))?.[0];
  const flag = command.options.find((option) => option.long === title);
  const what = flag instanceof Flag ? /<(.*)>/.exec(flag.flags)?.[1] : undefined;
  return `${title ?? subject(error)} needs a value${what === undefined ? '' : `: ${title} ${what.toUpperCase()}`}`;
}

/** What was written, and where: needed to say how a program is run. */
export interface Written {
  /** Without node and the script. */
  readonly argv: readonly string[];
  readonly env: HostEnv;
}

/** `hotcell run ls -l` for `hotcell ls -l`. */
function howToRun(word: string, { argv }: Written): string {
  const line = shellLine(argv.slice(argv.indexOf(word)));
  return `hotcell run ${line ?? `${word} …`}`;
}

/** Shorter ones that are programs were meant. */
const MIN_TYPED = 4;

function unknownCommand(word: string, command: Command, written: Written): string {
  const names = command.commands.map((sub) => sub.name());
  const guess = didYouMean(word, names);
  if (!isAtTop(command)) {
    return `unknown command ${quote(word)}${guess || `; ${commandLine(command)} --help lists them`}`;
  }
  if (word.includes('/')) return `${quote(word)} is not a command; to run it: ${howToRun(word, written)}`;
  if (isOnPath(word, written.env)) {
    // There is a program for nearly each word of two or three letters, and a command that is near to it.
    const meant = word.length >= MIN_TYPED ? guess : '';
    return meant === ''
      ? `unknown command ${quote(word)}; to run a program: ${howToRun(word, written)}`
      : `unknown command ${quote(word)}${meant} To run the program: ${howToRun(word, written)}`;
  }
  return `unknown command ${quote(word)}${guess || `; ${commandLine(command)} help lists them`}`;
}

function tooMany(command: Command): string {
  return `too many arguments; usage: ${commandLine(command)} ${command.usage()}`;
}

export function commandLine(command: Command): string {
  return command.parent === null ? command.name() : `${commandLine(command.parent)} ${command.name()}`;
}

function words(error: CommanderError, command: Command, written: Written): string {
  switch (error.code) {
    case 'commander.unknownOption':
      return unknownFlag(error, command);
    case 'commander.optionMissingArgument':
      return missingValue(error, command);
    case 'commander.unknownCommand':
      return unknownCommand(subject(error), command, written);
    case 'commander.excessArguments':
      return tooMany(command);
    case 'commander.missingArgument':
      return `an argument is missing; usage: ${commandLine(command)} ${command.usage()}`;
    default:
      return error.message;
  }
}

/** Commander's complaint in our words: the flag, its value, what is allowed, the nearest right one. */
export function explainUsage(error: CommanderError, command: Command, written: Written): HotcellError {
  return usageError(words(error, command, written), error);
}
