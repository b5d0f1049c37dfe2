/**
 * The commands about runs that are kept: `historyCommands` makes them for the parser, and each `…Command` does what one of them
 * says. `openHistory` is to give a `RunStore` of the user's home directory, which is a `History`.
 */
export { type HistoryActions, historyCommands } from './commands.js';
export { type InspectFlags, inspectCommand } from './inspect.js';
export { type LogsFlags, logsCommand } from './logs.js';
export type { History, LiveRun, StoredRun } from './model.js';
export { type PsFlags, psCommand } from './ps.js';
export { type RmFlags, rmCommand } from './rm.js';
export type { HistoryServices } from './services.js';
