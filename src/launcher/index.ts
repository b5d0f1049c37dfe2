export { findLauncher } from './binary.js';
export type { Identities, LauncherConnection } from './connection.js';
export {
  type CgroupParent,
  type Controller,
  connectLauncher,
  LauncherProcess,
} from './launcher.js';
export type { Operation, ResourceLimit, SourceFlag, Space } from './plan.js';
export { protocolLimits } from './protocol-table.js';
export type { RunEvents } from './run.js';
export type { IdRange, SubordinateIds, UserNamespace } from './user-namespace.js';
