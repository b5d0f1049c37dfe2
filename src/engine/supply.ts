/** Where a cell gets its connection to a launcher from: one that it started and keeps alive, or another thread's. */
import { isMainThread } from 'node:worker_threads';
import { HotcellError, newId } from '../core/index.js';
import {
  connectLauncher,
  findLauncher,
  type LauncherConnection,
  LauncherProcess,
} from '../launcher/index.js';
import type { Host } from '../sandbox/index.js';
import { makeRuntimeDir, makeSocketDir, removeDeadSockets, removeSocket, socketPath } from './runtime-dir.js';

export interface LauncherSupply {
  readonly address: string;
  readonly pid: number;
  /** A connection that works; a launcher that died is replaced. */
  connection(): Promise<LauncherConnection>;
  close(): Promise<void>;
}

class OwnLauncher implements LauncherSupply {
  readonly address: string;
  readonly #path: string;
  readonly #host: Host;
  readonly #runtimeDir: string;
  #process: Promise<LauncherProcess> | undefined;
  #pid = 0;

  constructor(path: string, host: Host, runtimeDir: string, address: string) {
    this.#path = path;
    this.#host = host;
    this.#runtimeDir = runtimeDir;
    this.address = address;
  }

  get pid(): number {
    return this.#pid;
  }

  async connection(): Promise<LauncherConnection> {
    this.#process ??= this.#start();
    return (await this.#process).connection;
  }

  async close(): Promise<void> {
    try {
      await (await this.#process)?.close();
    } finally {
      removeSocket(this.address);
    }
  }

  async #listen(launcher: LauncherProcess): Promise<void> {
    try {
      // The socket of a launcher that died is in the way of its successor's.
      removeSocket(this.address);
      makeSocketDir(this.address);
      await launcher.listen(this.address);
    } catch (error) {
      await launcher.close();
      throw error;
    }
  }

  async #start(): Promise<LauncherProcess> {
    try {
      const launcher = await LauncherProcess.start(this.#path, {
        runtimeDir: this.#runtimeDir,
        instance: newId(),
        // An ordinary user may not make cgroups; what needs them is refused in src/sandbox/enforce.ts.
        cgroups: this.#host.isRoot ? this.#host.cgroups : [],
      });
      this.#pid = launcher.pid;
      launcher.unref();
      await this.#listen(launcher);
      void launcher.connection.closed.then(() => {
        this.#process = undefined;
      });
      return launcher;
    } catch (error) {
      this.#process = undefined;
      throw error;
    }
  }
}

/** Another thread's launcher. When that dies, so does this connection: the thread makes a new cell. */
class SharedLauncher implements LauncherSupply {
  readonly address: string;
  readonly #connection: LauncherConnection;

  constructor(address: string, connection: LauncherConnection) {
    this.address = address;
    this.#connection = connection;
  }

  /** The launcher's; it is its starter's to know. */
  get pid(): number {
    return 0;
  }

  async connection(): Promise<LauncherConnection> {
    return this.#connection;
  }

  async close(): Promise<void> {
    this.#connection.close();
    await this.#connection.closed;
  }
}

/** @throws HotcellError `launcher-not-found`, `launcher-failed`, `protocol-error` */
export async function supplyLauncher(
  host: Host,
  { launcherPath, address }: { launcherPath?: string | undefined; address?: string | undefined },
): Promise<LauncherSupply> {
  if (address !== undefined) return new SharedLauncher(address, await connectLauncher(address));
  if (!isMainThread) {
    throw new HotcellError({
      code: 'invalid-usage',
      message: 'a worker thread cannot start the launcher',
      hint: 'start one in the main thread and pass its address: createHotcell({ address: cell.address })',
    });
  }
  const runtimeDir = makeRuntimeDir();
  await removeDeadSockets(runtimeDir);
  const own = new OwnLauncher(findLauncher(launcherPath), host, runtimeDir, socketPath(runtimeDir, newId()));
  try {
    await own.connection();
  } catch (error) {
    removeSocket(own.address);
    throw error;
  }
  return own;
}
