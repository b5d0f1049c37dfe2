import { type ChildProcess, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { HotcellError } from '../core/index.js';
import { LauncherConnection } from './connection.js';
import { configOpId, controllerId } from './protocol-table.js';
import { mapIds, type UserNamespace } from './user-namespace.js';
import { Writer } from './wire.js';

export type Controller = keyof typeof controllerId;

/** A cgroup directory beneath which ours is made, and the controllers it serves. */
export interface CgroupParent {
  readonly version: 1 | 2;
  readonly path: string;
  readonly controllers: readonly Controller[];
}

export interface LauncherConfig {
  /** Ours on this host, 0755, of the launcher's user. */
  readonly runtimeDir: string;
  readonly instance: string;
  readonly cgroups: readonly CgroupParent[];
  /** What an ordinary user's launcher enters first; null = nothing, for root. */
  readonly userNamespace: UserNamespace | null;
}

function option(to: Writer, code: number, payload: Writer): void {
  to.u32(code).bytes(payload.finish());
}

function encodeConfig({ runtimeDir, instance, cgroups }: LauncherConfig, ranges: number): Uint8Array {
  const config = new Writer();
  option(config, configOpId.runtimeDir, new Writer().string(runtimeDir));
  option(config, configOpId.instance, new Writer().string(`hotcell-${instance}`));
  if (ranges > 0) option(config, configOpId.ranges, new Writer().u32(ranges));
  for (const { version, path, controllers } of cgroups) {
    const mask = controllers.reduce((bits, name) => bits | controllerId[name], 0);
    option(
      config,
      version === 1 ? configOpId.cgroup1 : configOpId.cgroup2,
      new Writer().u32(mask).string(path),
    );
  }
  return config.finish();
}

/** The launcher process with its control connection. It lives as long as that, and no longer. */
export class LauncherProcess {
  readonly connection: LauncherConnection;
  readonly pid: number;
  /** Why it has less than was asked for: the first attempts of an ordinary user that did not work. */
  readonly problems: readonly string[];
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;

  private constructor(
    child: ChildProcess,
    connection: LauncherConnection,
    { pid, problems }: { readonly pid: number; readonly problems: readonly string[] },
  ) {
    this.#child = child;
    this.problems = problems;
    this.connection = connection;
    this.pid = pid;
    this.#exited =
      child.exitCode !== null || child.signalCode !== null
        ? Promise.resolve()
        : new Promise((resolve) => child.once('exit', () => resolve()));
  }

  /**
   * Starts and configures it. Only a process's main thread may: an aborted worker thread would leave a zombie. Where an
   * ordinary user does not get the ids, or not even a user namespace, the launcher says so by its identities.
   *
   * @throws HotcellError `launcher-failed` with the failing step, `protocol-error` for another version.
   */
  static async start(path: string, config: LauncherConfig): Promise<LauncherProcess> {
    const problems: string[] = [];
    for (const namespace of attemptsOf(config)) {
      try {
        return await LauncherProcess.#begin(path, { ...config, userNamespace: namespace }, problems);
      } catch (error) {
        if (!(error instanceof NamespaceError)) throw error;
        problems.push(error.message);
      }
    }
    throw new HotcellError({
      code: 'internal',
      message: 'an attempt without a user namespace cannot fail at it',
    });
  }

  static async #begin(
    path: string,
    config: LauncherConfig,
    problems: readonly string[],
  ): Promise<LauncherProcess> {
    // detached: a session of its own, so that the terminal's Ctrl-C is ours to translate and not its to die of.
    const child = spawn(path, [], {
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
      detached: true,
      env: launcherEnv(),
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => {
        reject(
          new HotcellError({
            code: 'launcher-failed',
            message: `cannot start ${path}: ${error.message}`,
            cause: error,
          }),
        );
      });
    });
    const connection = new LauncherConnection(child.stdio[3] as Socket);
    const pid = await connection.hello();
    const launcher = new LauncherProcess(child, connection, { pid, problems });
    try {
      const ranges = await enter(connection, pid, config.userNamespace);
      await connection.configure(encodeConfig(config, ranges));
      return launcher;
    } catch (error) {
      await launcher.close();
      throw error;
    }
  }

  async listen(path: string): Promise<void> {
    await this.connection.request('listen', 'listening', new Writer().string(path).finish());
  }

  /** Ends every run and waits until the launcher has cleaned up and is gone. */
  async close(): Promise<void> {
    this.#child.ref(); // or Node could end before its launcher has
    this.connection.close();
    await this.#exited;
  }

  /** Whether an idle launcher keeps Node's event loop alive. */
  unref(): void {
    this.#child.unref();
  }
}

/** A user namespace could not be had as it was asked for; a launcher that tried is of no further use. */
class NamespaceError extends Error {}

/** First with the ids that the user was given, then with the own one alone, then as an ordinary process. */
function attemptsOf({ userNamespace: wanted }: LauncherConfig): (UserNamespace | null)[] {
  if (wanted === null) return [null];
  return [...(wanted.subordinate === null ? [] : [wanted]), { ...wanted, subordinate: null }, null];
}

/** @returns how many ranges of ids it has. @throws NamespaceError */
async function enter(
  connection: LauncherConnection,
  pid: number,
  namespace: UserNamespace | null,
): Promise<number> {
  if (namespace === null) return 0;
  try {
    await connection.request('enter', 'entered', new Uint8Array());
    return await mapIds(pid, namespace);
  } catch (error) {
    throw new NamespaceError(error instanceof Error ? error.message.trim() : String(error), { cause: error });
  }
}

/** Nothing of ours reaches the launcher: only what a sanitizer build reads. */
function launcherEnv(): NodeJS.ProcessEnv {
  const kept = ['ASAN_OPTIONS', 'UBSAN_OPTIONS', 'LSAN_OPTIONS'] as const;
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

/** A further client of a launcher that listens, from a worker thread of the process that started it. */
export async function connectLauncher(address: string): Promise<LauncherConnection> {
  const socket = connect(address);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (error) => {
      reject(
        new HotcellError({
          code: 'launcher-failed',
          message: `no launcher answers at ${address}: ${error.message}`,
          cause: error,
        }),
      );
    });
  });
  const connection = new LauncherConnection(socket);
  await connection.hello();
  return connection;
}
