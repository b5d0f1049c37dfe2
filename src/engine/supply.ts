/** Where a cell gets its connection to a launcher from: one that it started and keeps alive, or another thread's. */
import { isMainThread } from 'node:worker_threads';
import { HotcellError, newId, removeAbandonedScratch, systemClock } from '../core/index.js';
import { findLauncher, type LauncherConnection } from '../launcher/index.js';
import type { Host } from '../sandbox/index.js';
import { OwnLauncher } from './own-launcher.js';
import { makeRuntimeDir, removeDeadSockets, removeSocket, socketPath } from './runtime-dir.js';
import { SharedLauncher } from './shared-launcher.js';

export interface LauncherSupply {
  readonly address: string;
  readonly pid: number;
  /** A connection that works; a launcher that died is replaced. */
  connection(): Promise<LauncherConnection>;
  close(): Promise<void>;
}

/** A supply that was seen to work. */
async function opened(supply: LauncherSupply): Promise<LauncherSupply> {
  await supply.connection();
  return supply;
}

/** @throws HotcellError `launcher-not-found`, `launcher-failed`, `protocol-error` */
export async function supplyLauncher(
  host: Host,
  { launcherPath, address }: { launcherPath?: string | undefined; address?: string | undefined },
): Promise<LauncherSupply> {
  if (address !== undefined) return await opened(new SharedLauncher(address, systemClock));
  if (!isMainThread) {
    throw new HotcellError({
      code: 'invalid-usage',
      message: 'a worker thread cannot start the launcher',
      hint: 'start one in the main thread and pass its address: createHotcell({ address: cell.address })',
    });
  }
  const runtimeDir = makeRuntimeDir();
  await removeDeadSockets(runtimeDir);
  await removeAbandonedScratch();
  const own = new OwnLauncher({
    path: findLauncher(launcherPath),
    host,
    runtimeDir,
    address: socketPath(runtimeDir, newId()),
    clock: systemClock,
  });
  try {
    return await opened(own);
  } catch (error) {
    removeSocket(own.address);
    throw error;
  }
}
