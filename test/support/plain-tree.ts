/** The tree writer as a plain process: what it does beneath its directory must be right also where nothing confines it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readTreeAnswer, type TreeSink, treeError } from '../../src/image/tree/index.js';
import { findLauncher } from '../../src/launcher/index.js';

export interface PlainEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  /** What a sanitizer says. */
  readonly stderr: string;
}

export class PlainTree implements TreeSink {
  readonly ended: Promise<PlainEnd>;
  readonly #child: ChildProcess;

  /** `wrap`: a command that starts it, such as prlimit. */
  constructor(
    directory: string,
    { launcher = findLauncher(undefined), wrap = [] as readonly string[] } = {},
  ) {
    const [file = launcher, ...args]: string[] = [...wrap, launcher, 'unpack', directory];
    const env = { ASAN_OPTIONS: 'detect_leaks=0' };
    this.#child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env });
    // One that has failed reads no more, which its answer explains.
    this.#child.stdin?.on('error', () => undefined);
    this.ended = this.#collect();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  write(chunk: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#child.stdin?.write(chunk, () => resolve());
    });
  }

  /** Nothing more will be said. */
  finish(): void {
    this.#child.stdin?.end();
  }

  async end(): Promise<void> {
    this.finish();
    const { stdout } = await this.ended;
    const failure = readTreeAnswer(stdout);
    if (failure !== null) throw treeError(failure);
  }

  async abort(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  async #collect(): Promise<PlainEnd> {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    this.#child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    this.#child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    const [code, signal] = (await once(this.#child, 'close')) as [number | null, NodeJS.Signals | null];
    return { code, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
  }
}
