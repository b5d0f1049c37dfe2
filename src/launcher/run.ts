import { HotcellError } from '../core/index.js';
import type { CopiedFile, RunFacts, Sample, Trace } from '../spec/index.js';
import { Lane } from './lane.js';
import { protocolLimits } from './protocol-table.js';
import { Writer } from './wire.js';

/** Who takes what a run says, one piece at a time. A promise holds back only that stream of that run. */
export interface RunEvents {
  onStdout(chunk: Buffer): void | Promise<void>;
  onStderr(chunk: Buffer): void | Promise<void>;
  onFile(file: CopiedFile): void | Promise<void>;
  onStarted(): void;
  /** As often as the plan's limit `sampleIntervalNs` says; not at all without it. */
  onSample?(sample: Sample): void | Promise<void>;
  /** Once, at the end of a run whose plan has `trace`. */
  onTrace?(trace: Trace): void;
}

/** How a run speaks to its launcher; the connection implements it. */
export interface RunChannel {
  send(
    message: 'stdin' | 'stdinClose' | 'signal' | 'kill' | 'resize' | 'outputCredit',
    payload: Uint8Array,
  ): void;
}

interface Settle {
  resolve(facts: RunFacts): void;
  reject(error: unknown): void;
}

interface OpenFile extends Omit<CopiedFile, 'bytes'> {
  readonly chunks: Buffer[];
}

/** A sink that never takes what it was given must not keep a run that was cancelled: so long it has for the rest. */
const SINKS_END_WITHIN_MS = 5000;

const EMPTY = new Uint8Array();

/** One run as its client sees it: input and signals in, events and at the end the facts out. */
export class LaunchedRun {
  readonly facts: Promise<RunFacts>;
  readonly #events: RunEvents;
  readonly #channel: RunChannel;
  readonly #settle: Settle;
  #inputWindow: number = protocolLimits.streamWindowBytes;
  #inputWaiter: (() => void) | undefined;
  #file: OpenFile | undefined;
  #over = false;
  readonly #stdout: Lane;
  readonly #stderr: Lane;
  readonly #files: Lane;
  readonly #samples: Lane;
  #isSettled = false;
  #sinkTimer: NodeJS.Timeout | undefined;
  #sinkError: { error: unknown } | undefined;

  constructor(channel: RunChannel, events: RunEvents) {
    this.#channel = channel;
    this.#events = events;
    const owner = {
      isBroken: () => this.#sinkError !== undefined,
      onError: (error: unknown) => this.#break(error),
    };
    this.#stdout = new Lane(owner);
    this.#stderr = new Lane(owner);
    this.#files = new Lane(owner);
    this.#samples = new Lane(owner);
    let settle: Settle | undefined;
    this.facts = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    if (settle === undefined)
      throw new HotcellError({ code: 'internal', message: 'promise without executor' });
    this.#settle = settle;
  }

  /** Feeds stdin and waits while the program is behind. Does nothing once the run is over. */
  async write(data: Uint8Array): Promise<void> {
    for (let at = 0; at < data.byteLength && !this.#over; ) {
      if (this.#inputWindow === 0) {
        await new Promise<void>((resolve) => {
          this.#inputWaiter = resolve;
        });
        continue;
      }
      const part = data.subarray(at, at + Math.min(this.#inputWindow, protocolLimits.chunkMaxBytes));
      this.#inputWindow -= part.byteLength;
      at += part.byteLength;
      this.#send('stdin', part);
    }
  }

  closeInput(): void {
    this.#send('stdinClose', EMPTY);
  }

  signal(signo: number): void {
    this.#send('signal', new Writer(4).u32(signo).finish());
  }

  /** What its sinks have not taken a while later is dropped. */
  kill(): void {
    this.#send('kill', EMPTY);
    this.#limitSinks();
  }

  resize(rows: number, cols: number): void {
    this.#send('resize', new Writer(8).u32(rows).u32(cols).finish());
  }

  get over(): boolean {
    return this.#over;
  }

  // ---- called by the connection ----

  started(): void {
    this.#events.onStarted();
  }

  sample(sample: Sample): void {
    this.#samples.push(
      () => this.#events.onSample?.(sample),
      () => undefined,
    );
  }

  trace(trace: Trace): void {
    this.#events.onTrace?.(trace);
  }

  inputCredit(bytes: number): void {
    this.#inputWindow += bytes;
    this.#wakeInput();
  }

  output(stream: number, chunk: Buffer): void {
    const isStdout = stream === 1;
    const lane = isStdout ? this.#stdout : this.#stderr;
    lane.push(
      () => (isStdout ? this.#events.onStdout(chunk) : this.#events.onStderr(chunk)),
      () => this.#send('outputCredit', new Writer(8).u32(stream).u32(chunk.byteLength).finish()),
    );
  }

  fileBegin(file: Omit<CopiedFile, 'bytes'>): void {
    this.#file = { ...file, chunks: [] };
    if (file.kind !== 'file') this.fileEnd(file.errno);
  }

  fileData(chunk: Buffer): void {
    this.#file?.chunks.push(chunk);
  }

  fileEnd(errno: number): void {
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    const { chunks, ...entry } = file;
    const kind = errno === 0 ? file.kind : 'error';
    const whole = { ...entry, kind, errno, bytes: Buffer.concat(chunks) };
    this.#files.push(
      () => this.#events.onFile(whole),
      () => undefined,
    );
  }

  /** The facts come only after the sinks have taken everything. */
  finish(facts: RunFacts): void {
    this.#end();
    if (facts.cause === 'cancel') this.#limitSinks();
    void Promise.all(this.#lanes.map(({ idle }) => idle)).then(() => {
      this.#stopSinkTimer();
      if (this.#sinkError === undefined) this.#settle.resolve(facts);
      else this.#settle.reject(this.#sinkError.error);
    });
  }

  fail(error: unknown): void {
    this.#end();
    this.#stopSinkTimer();
    this.#settle.reject(error);
  }

  get #lanes(): Lane[] {
    return [this.#stdout, this.#stderr, this.#files, this.#samples];
  }

  #limitSinks(): void {
    if (this.#isSettled) return;
    this.#sinkTimer ??= setTimeout(() => {
      for (const lane of this.#lanes) lane.abandon();
    }, SINKS_END_WITHIN_MS);
  }

  #stopSinkTimer(): void {
    this.#isSettled = true;
    clearTimeout(this.#sinkTimer);
  }

  #end(): void {
    this.#over = true;
    this.#wakeInput();
  }

  #wakeInput(): void {
    const wake = this.#inputWaiter;
    this.#inputWaiter = undefined;
    wake?.();
  }

  /** A sink that throws is the caller's fault: the run is killed, and its error is what the caller gets. */
  #break(error: unknown): void {
    this.#sinkError ??= { error };
    this.kill();
  }

  #send(message: Parameters<RunChannel['send']>[0], payload: Uint8Array): void {
    if (!this.#over) this.#channel.send(message, payload);
  }
}
