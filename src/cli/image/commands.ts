import { Command } from 'commander';
import type { ImageActions, Make } from './command-kit.js';
import { IMAGE_HELP } from './help.js';
import { prune, rm, tag } from './name-commands.js';
import { history, inspect, ls } from './show-commands.js';
import { importFrom, load, pull, push, save } from './transfer-commands.js';

interface Names {
  readonly make: Make;
  /** Below `image`. */
  readonly name: string;
  /** docker's other name, below `image` as well. */
  readonly alias?: string;
  /** docker's name at the top. */
  readonly top?: string;
}

const COMMANDS: readonly Names[] = [
  { make: ls, name: 'ls', alias: 'list', top: 'images' },
  { make: inspect, name: 'inspect' },
  { make: history, name: 'history' },
  { make: pull, name: 'pull', top: 'pull' },
  { make: push, name: 'push', top: 'push' },
  { make: load, name: 'load', top: 'load' },
  { make: save, name: 'save', top: 'save' },
  { make: importFrom, name: 'import', top: 'import' },
  { make: tag, name: 'tag', top: 'tag' },
  { make: rm, name: 'rm', alias: 'remove', top: 'rmi' },
  { make: prune, name: 'prune' },
];

function imageCommand(actions: ImageActions): Command {
  const group = new Command('image')
    .summary('list, get, load, save and remove images')
    .description('List, get, load, save and remove images: root file systems for programs to run in.')
    .usage('COMMAND [flags]');
  for (const { make, name, alias } of COMMANDS) {
    const command = make(actions, name);
    group.addCommand(alias === undefined ? command : command.alias(alias));
  }
  return group.addHelpText('after', IMAGE_HELP);
}

/** `image` with what is below it, and docker's names at the top. */
export function imageCommands(actions: ImageActions): Command[] {
  const atTop = COMMANDS.flatMap(({ make, top }) => (top === undefined ? [] : [make(actions, top)]));
  return [imageCommand(actions), ...atTop];
}
