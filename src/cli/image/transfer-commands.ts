import { FileArgument, ImageArgument } from '../common-flags.js';
import { acting, type Make, make } from './command-kit.js';
import * as flagsFor from './flags.js';
import * as help from './help.js';
import type { ImportFlags } from './import.js';
import type { LoadFlags } from './load.js';
import type { PullFlags } from './pull.js';
import type { PushFlags } from './push.js';
import type { SaveFlags } from './save.js';

export const pull: Make = (actions, name) =>
  make(name, {
    summary: 'get an image from a registry',
    description: 'Get an image from a registry.',
    usage: '[flags] NAME[:TAG|@DIGEST]',
    flags: flagsFor.pullFlags(),
    help: help.PULL_HELP,
  })
    .argument('<name>')
    .action(
      acting(actions, async (context, image: string, flags: PullFlags) =>
        (await import('./pull.js')).pullCommand(flags, image, context),
      ),
    );

export const push: Make = (actions, name) =>
  make(name, {
    summary: 'give an image to a registry',
    description: 'Give an image to the registry that its name begins with.',
    usage: '[flags] NAME[:TAG]',
    flags: flagsFor.pushFlags(),
    help: help.PUSH_HELP,
  })
    .addArgument(new ImageArgument('<name>'))
    .action(
      acting(actions, async (context, image: string, flags: PushFlags) =>
        (await import('./push.js')).pushCommand(flags, image, context),
      ),
    );

export const load: Make = (actions, name) =>
  make(name, {
    summary: 'load images from an archive',
    description: 'Load images with their names from an archive, or from standard input.',
    usage: '[flags]',
    flags: flagsFor.loadFlags(),
    help: help.LOAD_HELP,
  }).action(
    acting(actions, async (context, flags: LoadFlags) =>
      (await import('./load.js')).loadCommand(flags, context),
    ),
  );

export const save: Make = (actions, name) =>
  make(name, {
    summary: 'save images to an archive',
    description: 'Save images with their names to an archive, or to standard output.',
    usage: '[flags] IMAGE…',
    flags: flagsFor.saveFlags(),
    help: help.SAVE_HELP,
  })
    .addArgument(new ImageArgument('<image...>'))
    .action(
      acting(actions, async (context, names: string[], flags: SaveFlags) =>
        (await import('./save.js')).saveCommand(flags, names, context),
      ),
    );

export const importFrom: Make = (actions, name) =>
  make(name, {
    summary: 'make an image of the tar file of a root file system',
    description: 'Make an image with one layer of the tar file of a root file system.',
    usage: '[flags] FILE|- [REF]',
    flags: flagsFor.importFlags(),
    help: help.IMPORT_HELP,
  })
    .addArgument(new FileArgument('<file>'))
    .argument('[ref]')
    .action(
      acting(actions, async (context, file: string, ref: string | undefined, flags: ImportFlags) =>
        (await import('./import.js')).importCommand(flags, [file, ref], context),
      ),
    );
