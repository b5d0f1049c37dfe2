/**
 * The commands about runs that are kept: `historyCommands` makes them for the parser, and each `…Command` does what one of them
 * says. `openHistory` is to give a `RunStore` of the user's home directory, which is a `History`.
 */
export { type HistoryActions, historyCommands } from './commands.js';
export { inspectCommand } from './inspect.js';
export { logsCommand } from './logs.js';
export type { History } from './model.js';
export { psCommand } from './ps.js';
export { rmCommand } from './rm.js';
export type { HistoryServices } from './services.js';
