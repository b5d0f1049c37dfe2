import type { Socket } from 'node:net';
import { errnoText, HotcellError } from '../core/index.js';
import type { LaunchFailure } from '../spec/index.js';
import { lostFacts, readFacts, readFailure, readSample, readTrace } from './facts.js';
import { type Frame, FrameDecoder, writeFrame } from './frames.js';
import { type Operation, writePlan } from './plan.js';
import { identitiesId, messageId, protocolVersion } from './protocol-table.js';
import { LaunchedRun, type RunEvents } from './run.js';
import { Reader, Writer } from './wire.js';

const FILE_KINDS = { 1: 'file', 2: 'directory', 3: 'error' } as const;

/** Which ids the launcher can give to sandboxes. */
export type Identities = keyof typeof identitiesId;

function readIdentities(value: number): Identities {
  const found = (Object.keys(identitiesId) as Identities[]).find((name) => identitiesId[name] === value);
  if (found === undefined)
    throw new HotcellError({
      code: 'protocol-error',
      message: `the launcher sent the unknown identities ${value}`,
    });
  return found;
}

/** A refusal as an error of ours. */
export function refusal(failure: LaunchFailure): HotcellError {
  const code = failure.step === 'protocol' ? 'protocol-error' : 'launcher-failed';
  const errno = failure.errno === 0 ? '' : `: ${errnoText(failure.errno)}`;
  return new HotcellError({ code, message: `launcher: ${failure.step}: ${failure.detail}${errno}` });
}

interface Pending {
  readonly reply: number;
  resolve(payload: Reader): void;
  reject(error: Error): void;
}

/** One client's connection to the launcher. Runs that are under way when it closes end as lost, never as anything else. */
export class LauncherConnection {
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #decoder = new FrameDecoder();
  readonly #runs = new Map<number, LaunchedRun>();
  #requests: Pending[] = [];
  #nextId = 1;
  #isClosed = false;
  #closedByUs = false;
  #identities: Identities = 'none';
  #lost = 'the launcher closed the connection';

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error: Error) => {
      this.#lost = `the connection to the launcher broke: ${error.message}`;
    });
    // Idle, we do not keep Node alive: a cell that was not closed must not hang its process.
    socket.unref();
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#onClose();
        resolve();
      });
    });
  }

  /** As it said last. */
  get identities(): Identities {
    return this.#identities;
  }

  /** @throws HotcellError `protocol-error` when the launcher speaks another version. Gives the launcher's pid. */
  async hello(): Promise<number> {
    const reply = await this.request('hello', 'welcome', new Writer(4).u32(protocolVersion).finish());
    const version = reply.u32();
    if (version !== protocolVersion) {
      throw new HotcellError({
        code: 'protocol-error',
        message: `the launcher speaks protocol ${version}, this is ${protocolVersion}`,
        hint: 'rebuild it: "npm run build:launcher"',
      });
    }
    const pid = reply.u32();
    this.#identities = readIdentities(reply.u32());
    return pid;
  }

  /** @throws HotcellError `launcher-failed` with the failing step */
  async configure(payload: Uint8Array): Promise<void> {
    const reply = await this.request('configure', 'configured', payload);
    this.#identities = readIdentities(reply.u32());
  }

  /** A question that is not about a run; answers come in the order of the questions. */
  request(
    message: 'hello' | 'enter' | 'configure' | 'listen',
    reply: 'welcome' | 'entered' | 'configured' | 'listening',
    payload: Uint8Array,
  ): Promise<Reader> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) {
        reject(this.#closedError());
        return;
      }
      this.#requests.push({ reply: messageId[reply], resolve, reject });
      this.#keepNode();
      this.#socket.write(writeFrame(messageId[message], 0, (to) => to.raw(payload)));
    });
  }

  /** @throws HotcellError `closed` when the launcher is gone, `invalid-spec` when the job is too large for a frame. */
  run(operations: readonly Operation[], events: RunEvents): LaunchedRun {
    if (this.#isClosed) throw this.#closedError();
    const id = this.#takeId();
    const frame = writeFrame(messageId.run, id, (to) => writePlan(to, operations));
    const run = new LaunchedRun(
      {
        send: (message, payload) =>
          void this.#socket.write(writeFrame(messageId[message], id, (to) => to.raw(payload))),
      },
      events,
    );
    this.#runs.set(id, run);
    this.#keepNode();
    // With what its caller says at once, such as a kill: sent apart, a short program could be over before that arrives.
    this.#socket.cork();
    process.nextTick(() => this.#socket.uncork());
    this.#socket.write(frame);
    return run;
  }

  /** Ends what is under way: it counts as cancelled. */
  close(): void {
    this.#closedByUs = true;
    this.#socket.destroy();
  }

  #closedError(): HotcellError {
    return new HotcellError({ code: 'closed', message: this.#lost });
  }

  /** While there is something to wait for. A socket that is broken and not yet closed would remember it for a connection to come. */
  #keepNode(): void {
    if (!this.#socket.destroyed) this.#socket.ref();
  }

  #takeId(): number {
    while (this.#runs.has(this.#nextId) || this.#nextId === 0) this.#nextId = (this.#nextId + 1) >>> 0;
    const id = this.#nextId;
    this.#nextId = (this.#nextId + 1) >>> 0;
    return id;
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#decoder.push(chunk)) this.#handle(frame);
      if (this.#runs.size === 0 && this.#requests.length === 0) this.#socket.unref();
    } catch (error) {
      this.#lost = error instanceof Error ? error.message : String(error);
      this.#socket.destroy();
    }
  }

  #handle({ type, id, payload }: Frame): void {
    const reader = new Reader(payload);
    if (id === 0) this.#answer(type, reader);
    else this.#handleRun(type, id, reader);
  }

  #answer(type: number, reader: Reader): void {
    const request = this.#requests.shift();
    if (request === undefined) throw refusal(readFailure(reader));
    if (type === messageId.refused) request.reject(refusal(readFailure(reader)));
    else if (type === request.reply) request.resolve(reader);
    else throw new HotcellError({ code: 'protocol-error', message: `the launcher sent message ${type}` });
  }

  #handleRun(type: number, id: number, reader: Reader): void {
    const run = this.#runs.get(id);
    if (run === undefined) throw new HotcellError({ code: 'protocol-error', message: `no run ${id}` });
    switch (type) {
      case messageId.started:
        run.started();
        return;
      case messageId.output:
        run.output(reader.u32(), reader.rest());
        return;
      case messageId.stdinCredit:
        run.inputCredit(reader.u32());
        return;
      case messageId.file:
        run.fileBegin(readFile(reader));
        return;
      case messageId.fileData:
        run.fileData(reader.rest());
        return;
      case messageId.fileEnd:
        run.fileEnd(reader.u32());
        return;
      case messageId.sample:
        run.sample(readSample(reader));
        return;
      case messageId.trace:
        run.trace(readTrace(reader));
        return;
      case messageId.finished:
        this.#runs.delete(id);
        run.finish(readFacts(reader));
        return;
      case messageId.refused:
        this.#runs.delete(id);
        run.fail(refusal(readFailure(reader)));
        return;
      default:
        throw new HotcellError({ code: 'protocol-error', message: `the launcher sent message ${type}` });
    }
  }

  #onClose(): void {
    this.#isClosed = true;
    for (const request of this.#requests) request.reject(this.#closedError());
    this.#requests = [];
    for (const run of this.#runs.values())
      run.finish(lostFacts(this.#lost, this.#closedByUs ? 'cancel' : 'none'));
    this.#runs.clear();
  }
}

function readFile(reader: Reader) {
  const kind = FILE_KINDS[reader.u32() as keyof typeof FILE_KINDS];
  if (kind === undefined) throw new HotcellError({ code: 'protocol-error', message: 'unknown kind of file' });
  const errno = reader.u32();
  const output = reader.u32();
  const mode = reader.u32();
  reader.u64(); // its size: what arrives is counted instead
  return { kind, errno, output, mode, path: reader.text() };
}
