import { rmSync } from 'node:fs';
import { type Clock, HotcellError, newId } from '../core/index.js';
import { type LauncherConnection, LauncherProcess } from '../launcher/index.js';
import type { Host } from '../sandbox/index.js';
import { RestartBudget } from './restart-budget.js';
import { makeSocketDir, removeSocket, stageDir } from './runtime-dir.js';

export interface OwnLauncherInput {
  /** The binary. */
  readonly path: string;
  readonly host: Host;
  readonly runtimeDir: string;
  /** Where every launcher of this supply listens, one after the other. */
  readonly address: string;
  readonly clock: Clock;
}

/** What a connection says of a request that it has no answer to any more. */
const hasEnded = (error: unknown): boolean => error instanceof HotcellError && error.code === 'closed';

/**
 * A launcher that we start. One that dies is replaced at once, without anybody asking: cells of other threads wait for it
 * at the same address. One that keeps dying is so only a few times; then the next comes later, or when somebody asks.
 */
export class OwnLauncher {
  readonly #input: OwnLauncherInput;
  readonly #budget = new RestartBudget();
  #process: Promise<LauncherProcess> | undefined;
  /** Set while a successor may not start yet. */
  #wait: { readonly end: () => void } | undefined;
  #isClosed = false;
  #pid = 0;

  constructor(input: OwnLauncherInput) {
    this.#input = input;
  }

  get address(): string {
    return this.#input.address;
  }

  get pid(): number {
    return this.#pid;
  }

  async connection(): Promise<LauncherConnection> {
    if (this.#isClosed) throw this.#closedError();
    this.#process ??= this.#start();
    this.#wait?.end(); // only what nobody asks for has to be held back
    return (await this.#process).connection;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wait?.end();
    try {
      const last = await this.#process?.catch(() => undefined); // one that did not start is nothing to close
      await last?.close();
    } finally {
      removeSocket(this.address);
    }
  }

  #closedError(): HotcellError {
    return new HotcellError({ code: 'closed', message: 'the launcher was closed' });
  }

  async #listen(launcher: LauncherProcess): Promise<void> {
    try {
      // The socket of a launcher that died is in the way of its successor's.
      rmSync(this.address, { force: true });
      makeSocketDir(this.address);
      await launcher.listen(this.address);
    } catch (error) {
      await launcher.close();
      throw error;
    }
  }

  async #startOnce(): Promise<LauncherProcess> {
    const { path, host, runtimeDir } = this.#input;
    if (this.#isClosed) throw this.#closedError();
    const launcher = await LauncherProcess.start(path, {
      runtimeDir: stageDir(runtimeDir, host.isRoot),
      instance: newId(),
      cgroups: host.cgroups,
      userNamespace: host.userNamespace,
    });
    this.#pid = launcher.pid;
    launcher.unref();
    await this.#listen(launcher);
    return launcher;
  }

  /** One that is killed before it is up has a successor like one that is killed later. */
  async #startTwice(): Promise<LauncherProcess> {
    try {
      return await this.#startOnce();
    } catch (error) {
      if (this.#isClosed || !hasEnded(error)) throw error;
    }
    try {
      return await this.#startOnce();
    } catch (error) {
      if (this.#isClosed || !hasEnded(error)) throw error;
      const message = `the launcher ended before it was up, twice: ${(error as Error).message}`;
      throw new HotcellError({ code: 'launcher-failed', message, cause: error });
    }
  }

  async #start(): Promise<LauncherProcess> {
    try {
      const launcher = await this.#startTwice();
      void launcher.connection.closed.then(() => this.#restart());
      return launcher;
    } catch (error) {
      // Not tried again before somebody asks: what does not start now, would not a moment later.
      this.#process = undefined;
      throw error;
    }
  }

  #restart(): void {
    this.#process = undefined;
    if (this.#isClosed) return;
    this.#process = this.#pause(this.#budget.take(this.#input.clock.nowMs())).then(() => this.#start());
    this.#process.catch(() => undefined); // told to whoever asks for a connection
  }

  async #pause(ms: number): Promise<void> {
    if (ms === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms).unref();
      this.#wait = { end: resolve };
    });
    clearTimeout(timer);
    this.#wait = undefined;
  }
}
