/** A launcher spoken to byte by byte, for tests of what src/launcher would never send. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '../../src/core/index.js';
import { stageDir } from '../../src/engine/runtime-dir.js';
import { readFacts, readFailure } from '../../src/launcher/facts.js';
import { type Frame, FrameDecoder } from '../../src/launcher/frames.js';
import { findLauncher } from '../../src/launcher/index.js';
import { configOpId, controllerId, messageId, protocolVersion } from '../../src/launcher/protocol-table.js';
import { mapIds } from '../../src/launcher/user-namespace.js';
import { Reader, Writer } from '../../src/launcher/wire.js';
import { readHost } from '../../src/sandbox/index.js';

const HOST = readHost();
const RUNTIME_DIR = stageDir('/run/hotcell', HOST.isRoot);

/** Unlike encodeFrame it has no bounds: `size` may lie. */
export function frame(
  type: number,
  id: number,
  payload: Uint8Array = new Uint8Array(),
  size = payload.byteLength,
): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt32LE(size, 0);
  header.writeUInt32LE(type, 4);
  header.writeUInt32LE(id, 8);
  return Buffer.concat([header, payload]);
}

export const hello = (version: number = protocolVersion): Buffer =>
  frame(messageId.hello, 0, new Writer().u32(version).finish());

/** The payload of `configure` that makes this host's cgroups available. */
export function configuration(instance: string, ranges = 0): Uint8Array {
  const config = new Writer();
  const option = (code: number, payload: Writer): Writer => config.u32(code).bytes(payload.finish());
  option(configOpId.runtimeDir, new Writer().string(RUNTIME_DIR));
  option(configOpId.instance, new Writer().string(instance));
  if (ranges > 0) option(configOpId.ranges, new Writer().u32(ranges));
  for (const { version, path, controllers } of HOST.cgroups) {
    const mask = controllers.reduce((bits, name) => bits | controllerId[name], 0);
    option(version === 1 ? configOpId.cgroup1 : configOpId.cgroup2, new Writer().u32(mask).string(path));
  }
  return config.finish();
}

const RUN_ENDS: readonly number[] = [messageId.refused, messageId.finished];

/** What a run came to: what it wrote and how it ended, or why it was refused. */
export interface RawEnd {
  readonly refused: string | null;
  readonly exitCode: number | null;
  readonly stdout: string;
}

export class RawConnection {
  /** Resolves when the other side, or `end`, has closed it. */
  readonly closed: Promise<void>;
  readonly frames: Frame[] = [];
  isClosed = false;
  readonly #socket: Socket;
  readonly #decoder = new FrameDecoder();
  #wake: (() => void)[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.frames.push(...this.#decoder.push(chunk));
      this.#wakeAll();
    });
    // A connection that the launcher drops while we still write is reset: just what these tests are about.
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.isClosed = true;
        this.#wakeAll();
        resolve();
      });
    });
  }

  send(...parts: readonly Uint8Array[]): this {
    for (const part of parts) if (!this.#socket.destroyed) this.#socket.write(part);
    return this;
  }

  /** The first frame that fits; undefined when the connection closes before it comes. */
  async find(fits: (frame: Frame) => boolean): Promise<Frame | undefined> {
    for (;;) {
      const found = this.frames.find(fits);
      if (found !== undefined || this.isClosed) return found;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  async ofType(type: number, id = 0): Promise<Frame | undefined> {
    return await this.find((found) => found.type === type && found.id === id);
  }

  /** Waits for the end of a run; undefined when the connection closes before it. */
  async end(id: number): Promise<RawEnd | undefined> {
    const last = await this.find((found) => found.id === id && RUN_ENDS.includes(found.type));
    if (last === undefined) return undefined;
    const output = this.frames.filter((found) => found.type === messageId.output && found.id === id);
    const stdout = Buffer.concat(output.map(({ payload }) => payload.subarray(4))).toString();
    if (last.type === messageId.refused)
      return { refused: readFailure(new Reader(last.payload)).detail, exitCode: null, stdout };
    const facts = readFacts(new Reader(last.payload));
    const clean = facts.exited && facts.cause === 'none' && facts.failure === null;
    return { refused: null, exitCode: clean ? (facts.waitStatus >> 8) & 0xff : null, stdout };
  }

  /** Everything is sent and nothing more will be. */
  finish(): void {
    this.#socket.end();
  }

  /** Reads nothing more, until `resume`. */
  pause(): this {
    this.#socket.pause();
    return this;
  }

  resume(): this {
    this.#socket.resume();
    return this;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #wakeAll(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}

export interface RawExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class RawLauncher {
  readonly control: RawConnection;
  readonly exit: Promise<RawExit>;
  readonly instance = `hotcell-${newId()}`;
  /** Where it listens once `listen` was answered. */
  readonly socketPath: string;
  readonly #directory: string;
  readonly #child: ChildProcess;

  /** `openFiles`: so many descriptors it may have. */
  constructor({ openFiles }: { readonly openFiles?: number } = {}) {
    mkdirSync(RUNTIME_DIR, { recursive: true, mode: 0o755 });
    this.#directory = mkdtempSync(join(tmpdir(), 'hotcell-raw-'));
    this.socketPath = join(this.#directory, 'socket');
    const path = findLauncher(undefined);
    const [file, args] = openFiles === undefined ? [path, []] : ['prlimit', [`--nofile=${openFiles}`, path]];
    this.#child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
    this.exit = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    this.control = new RawConnection(this.#child.stdio[3] as Socket);
  }

  /** Greeted, configured and listening, so that connections of their own can be mistreated. */
  static async ready(options: { readonly openFiles?: number } = {}): Promise<RawLauncher> {
    const launcher = new RawLauncher(options);
    launcher.control.send(hello());
    const ranges = await launcher.enter();
    launcher.control.send(
      frame(messageId.configure, 0, configuration(launcher.instance, ranges)),
      frame(messageId.listen, 0, new Writer().string(launcher.socketPath).finish()),
    );
    const listening = await launcher.control.ofType(messageId.listening);
    if (listening === undefined) throw new Error('the launcher does not listen');
    return launcher;
  }

  /** What a launcher of an ordinary user begins with. Gives the number of its ranges of ids. */
  async enter(): Promise<number> {
    if (HOST.userNamespace === null) return 0;
    this.control.send(frame(messageId.enter, 0));
    if ((await this.control.ofType(messageId.entered)) === undefined) throw new Error('no user namespace');
    return await mapIds(this.pid, HOST.userNamespace);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** A client's connection, not greeted yet. */
  async connect(): Promise<RawConnection> {
    const socket = connect(this.socketPath);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new RawConnection(socket);
  }

  async greeted(): Promise<RawConnection> {
    const connection = (await this.connect()).send(hello());
    await connection.ofType(messageId.welcome);
    return connection;
  }

  /** How many descriptors it holds. */
  openFiles(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** User and system time that it has used. */
  cpuMs(): number {
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10; // in ticks of a hundredth of a second; proc_pid_stat(5)
  }

  /** Lets anybody on this host connect: file permissions then refuse nobody, and the launcher itself must. */
  openToAll(): void {
    chmodSync(this.#directory, 0o755);
    chmodSync(this.socketPath, 0o777);
  }

  /** Closes the control connection, which ends it, and gives how it ended. */
  async close(): Promise<RawExit> {
    this.control.destroy();
    const exit = await this.exit;
    rmSync(this.#directory, { recursive: true });
    return exit;
  }
}
