import { constants } from 'node:os';
import { errnoText, HotcellError, quote } from '../../core/index.js';
import {
  ANSWER_MAX_BYTES,
  readTreeAnswer,
  TreeEncoder,
  type TreeSink,
  type TreeWriter,
  treeError,
} from '../../image/tree/index.js';
import { type Backend, type Host, planUnpack, type RunningSandbox } from '../../sandbox/index.js';
import type { RunFacts } from '../../spec/index.js';
import { findTreeWriter } from './tree-binary.js';
import { TreePipe } from './tree-pipe.js';

export interface TreeWriterInput {
  /** A connection to a launcher, of whichever thread. */
  readonly backend: () => Promise<Backend>;
  /** The binary of the launcher. */
  readonly launcherPath: string;
  readonly host: Pick<Host, 'arch' | 'identities'>;
}

const SIGNAL_BITS = 0x7f;

/** `protocol` is what the facts have when nobody is left to tell them. */
function launchError({ failure }: RunFacts, directory: string): HotcellError | null {
  if (failure === null) return null;
  const { step, errno, detail } = failure;
  const where = `the tree writer of ${quote(directory)}`;
  return new HotcellError({
    code: 'launcher-failed',
    message:
      step === 'protocol'
        ? `lost ${where}: ${detail}`
        : `cannot start ${where}: ${step}: ${detail}${errno === 0 ? '' : `: ${errnoText(errno)}`}`,
  });
}

/** Null = everything was done. It has done so only if it said so. */
function verdict(facts: RunFacts, answer: Buffer, directory: string): HotcellError | null {
  const notStarted = launchError(facts, directory);
  if (notStarted !== null) return notStarted;
  if (!facts.exited || facts.cause !== 'none' || (facts.waitStatus & SIGNAL_BITS) !== 0) {
    const signal = facts.waitStatus & SIGNAL_BITS;
    if (facts.cause === 'none' && signal === constants.signals.SIGXCPU)
      return new HotcellError({
        code: 'bad-archive',
        message: 'the archive takes too much CPU time to unpack',
      });
    const why = facts.cause === 'none' ? `signal ${signal}` : facts.cause;
    const message = `the tree writer of ${quote(directory)} was killed (${why})`;
    return new HotcellError({ code: 'internal', message });
  }
  const failure = readTreeAnswer(answer);
  return failure === null ? null : treeError(failure);
}

/** One run of the tree writer in its sandbox. */
class SandboxedTree implements TreeSink {
  readonly hasOneOwner: boolean;
  readonly #run: RunningSandbox;
  readonly #pipe: TreePipe;
  readonly #answer: Buffer[] = [];
  /** How it ended; null = well. */
  readonly #ended: Promise<HotcellError | null>;

  constructor(backend: Backend, pipe: TreePipe, { launcherPath, host }: TreeWriterInput, directory: string) {
    this.hasOneOwner = host.identities === 'single';
    this.#pipe = pipe;
    this.#run = backend.run(planUnpack({ launcherPath, ...host, directory, input: pipe.path }), {
      onStdout: (chunk) => this.#take(chunk),
      onStderr: () => undefined,
      onFile: () => undefined,
      onStarted: () => undefined,
    });
    this.#ended = this.#end(directory);
  }

  async write(chunk: Uint8Array): Promise<void> {
    try {
      await this.#pipe.write(chunk);
    } catch (error) {
      throw await this.#failure(error);
    }
  }

  async end(): Promise<void> {
    const error = await this.#ended;
    if (error !== null) throw error;
  }

  async abort(): Promise<void> {
    this.#run.kill();
    await this.#ended;
  }

  /** The pipe broke: either because the writer ended before it was told everything, or by itself. */
  async #failure(cause: unknown): Promise<HotcellError> {
    this.#run.kill();
    const error = await this.#ended;
    return error ?? new HotcellError({ code: 'internal', message: 'the tree writer ended too early', cause });
  }

  async #end(directory: string): Promise<HotcellError | null> {
    try {
      const facts = await this.#run.facts;
      await this.#pipe.close();
      return verdict(facts, Buffer.concat(this.#answer), directory);
    } catch (error) {
      await this.#pipe.close().catch(() => undefined); // the first cause is the one to tell
      return asError(error);
    }
  }

  #take(chunk: Buffer): void {
    const taken = this.#answer.reduce((sum, part) => sum + part.byteLength, 0);
    if (taken + chunk.byteLength <= ANSWER_MAX_BYTES) this.#answer.push(chunk);
  }
}

function asError(error: unknown): HotcellError {
  if (error instanceof HotcellError) return error;
  return new HotcellError({ code: 'internal', message: 'the tree writer failed', cause: error });
}

async function openTree(input: TreeWriterInput, directory: string): Promise<TreeSink> {
  const backend = await input.backend();
  const pipe = await TreePipe.open();
  try {
    return new SandboxedTree(backend, pipe, input, directory);
  } catch (error) {
    await pipe.close();
    throw error;
  }
}

async function within(
  input: TreeWriterInput,
  directory: string,
  act: (tree: TreeEncoder) => Promise<void>,
): Promise<void> {
  const tree = new TreeEncoder(await openTree(input, directory));
  try {
    await act(tree);
  } catch (error) {
    await tree.abort();
    throw error;
  }
}

/**
 * Writes and removes trees from inside a sandbox that holds nothing but the directory they are in.
 *
 * @throws HotcellError `launcher-not-found` when there is no static binary
 */
export function createTreeWriter(given: TreeWriterInput): TreeWriter {
  const input = { ...given, launcherPath: findTreeWriter(given.launcherPath) };
  return {
    open: (directory) => openTree(input, directory),
    remove: (parent, name) =>
      within(input, parent, async (tree) => {
        await tree.remove(name);
        await tree.end({ sync: false });
      }),
    sync: (directory) => within(input, directory, (tree) => tree.end()),
  };
}
