import type { Command } from 'commander';
import { type About, makeCommand } from '../command.js';
import { commandLine } from '../usage.js';
import type { ImageContext } from './services.js';

/** What the commands do; everything heavy is imported behind it. */
export interface ImageActions {
  /** @param where how the command was called: `image ls`, or `images` */
  image(where: string, act: (context: ImageContext) => Promise<number>): Promise<void>;
}

/** A command by one of its names. */
export type Make = (actions: ImageActions, name: string) => Command;

export const make = (name: string, about: Omit<About, 'name'>): Command => makeCommand({ name, ...about });

/** `image ls` of a command `hotcell image ls`. */
const whereOf = (command: Command): string => commandLine(command).replace(/^\S+ /, '');

/** A command's action for the parser, which gives its arguments, its flags and the command itself. */
export function acting<Given extends unknown[]>(
  actions: ImageActions,
  act: (context: ImageContext, ...given: Given) => Promise<number>,
): (...given: [...Given, Command]) => Promise<void> {
  return async (...all) => {
    const command = all.at(-1) as Command;
    const given = all.slice(0, -1) as Given;
    await actions.image(whereOf(command), async (context) => await act(context, ...given));
  };
}
