import { ImageArgument } from '../common-flags.js';
import { acting, type Make, make } from './command-kit.js';
import * as flagsFor from './flags.js';
import * as help from './help.js';
import type { HistoryFlags } from './history.js';
import type { InspectFlags } from './inspect.js';
import type { LsFlags } from './ls.js';

export const ls: Make = (actions, name) =>
  make(name, {
    summary: 'list images',
    description: 'List the images that are here, the newest first.',
    usage: '[flags] [NAME[:TAG]]',
    flags: flagsFor.lsFlags(),
    help: help.LS_HELP,
  })
    .addArgument(new ImageArgument('[name]'))
    .action(
      acting(actions, async (context, image: string | undefined, flags: LsFlags) =>
        (await import('./ls.js')).lsCommand(flags, image, context),
      ),
    );

export const inspect: Make = (actions, name) =>
  make(name, {
    summary: 'print all that is known of images',
    description: 'Print all that is known of images as JSON, or what a template asks for.',
    usage: '[flags] IMAGE…',
    flags: flagsFor.inspectFlags(),
    help: help.IMAGE_INSPECT_HELP,
  })
    .addArgument(new ImageArgument('<image...>'))
    .action(
      acting(actions, async (context, names: string[], flags: InspectFlags) =>
        (await import('./inspect.js')).inspectCommand(flags, names, context),
      ),
    );

export const history: Make = (actions, name) =>
  make(name, {
    summary: 'list the steps in which an image was made',
    description: 'List the steps in which an image was made, the newest first.',
    usage: '[flags] IMAGE',
    flags: flagsFor.historyFlags(),
    help: help.IMAGE_HISTORY_HELP,
  })
    .addArgument(new ImageArgument('<image>'))
    .action(
      acting(actions, async (context, image: string, flags: HistoryFlags) =>
        (await import('./history.js')).historyCommand(flags, image, context),
      ),
    );
