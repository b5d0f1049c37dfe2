import { ImageArgument } from '../common-flags.js';
import { acting, type Make, make } from './command-kit.js';
import * as flagsFor from './flags.js';
import * as help from './help.js';
import type { PruneFlags } from './prune.js';
import type { RmFlags } from './rm.js';

export const tag: Make = (actions, name) =>
  make(name, {
    summary: 'give an image another name',
    description: 'Give an image another name; one that the name had loses it.',
    usage: 'IMAGE NAME[:TAG]',
    flags: [],
    help: help.TAG_HELP,
  })
    .addArgument(new ImageArgument('<image>'))
    .argument('<name>')
    .action(
      acting(actions, async (context, image: string, target: string) =>
        (await import('./tag.js')).tagCommand(image, target, context),
      ),
    );

export const rm: Make = (actions, name) =>
  make(name, {
    summary: 'remove images',
    description: 'Remove names of images, and images that have none left.',
    usage: '[flags] IMAGE…',
    flags: flagsFor.rmFlags(),
    help: help.IMAGE_RM_HELP,
  })
    .addArgument(new ImageArgument('<image...>'))
    .action(
      acting(actions, async (context, names: string[], flags: RmFlags) =>
        (await import('./rm.js')).rmCommand(flags, names, context),
      ),
    );

export const prune: Make = (actions, name) =>
  make(name, {
    summary: 'remove images that nothing needs',
    description: 'Remove images that have no name, or with --all those that no run uses.',
    usage: '[flags]',
    flags: flagsFor.pruneFlags(),
    help: help.PRUNE_HELP,
  }).action(
    acting(actions, async (context, flags: PruneFlags) =>
      (await import('./prune.js')).pruneCommand(flags, context),
    ),
  );
