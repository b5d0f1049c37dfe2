/**
 * The commands about images: `imageCommands` makes them for the parser, and each imports what it does when it is called.
 * `openImages` is to give the store of the user's home directory, as {@link Images}.
 */
export type { ImageActions } from './command-kit.js';
export { imageCommands } from './commands.js';
export type { Images } from './model.js';
export type { ImageServices } from './services.js';
