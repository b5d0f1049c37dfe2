export { findLauncher } from './binary.js';
export type { LauncherConnection } from './connection.js';
export {
  type CgroupParent,
  type Controller,
  connectLauncher,
  type LauncherConfig,
  LauncherProcess,
} from './launcher.js';
export type { LaunchLimit, Operation, Owner, ResourceLimit, SourceFlag, Space } from './plan.js';
export type { LaunchedRun, RunEvents } from './run.js';
