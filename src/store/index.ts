export type { LiveRun } from './handle.js';
export { homeDirectory } from './home.js';
export type { JudgedOutcomes } from './judged.js';
export type { LogStream } from './log.js';
export { checkName } from './names.js';
export { DEFAULT_RETENTION, type Retention } from './prune.js';
export type { LogPiece } from './read-log.js';
export {
  type KeptSummary,
  type NewRun,
  RUN_KINDS,
  type RunKind,
  type RunRecord,
  type RunResult,
} from './record.js';
export { RUN_STATES, type RunState, type StoredRun } from './state.js';
export { type ListOptions, RunStore, type StoreOptions } from './store.js';
