/** Everything a program wrote, and what of it an outcome keeps. */
import type { Outcome, StreamOutcome } from '../spec/index.js';
import { ByteLog } from './byte-log.js';
import type { CopiedOutput, RunOptions } from './run-job.js';

const LONGEST_CHARACTER_BYTES = 4;

const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80;

/** Bytes of the UTF-8 character that begins with this one; 1 for what begins none. */
function lengthOf(first: number): number {
  if (first < 0xc2 || first > 0xf4) return 1;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : LONGEST_CHARACTER_BYTES;
}

/** Where to cut so that no character is cut in two; bytes that are no UTF-8 are cut anywhere. */
function cutBefore(bytes: Buffer, max: number): number {
  if (bytes.length <= max) return bytes.length;
  const last = bytes.subarray(Math.max(0, max - LONGEST_CHARACTER_BYTES + 1), max);
  const start = last.findLastIndex((byte) => !isContinuation(byte));
  if (start === -1) return max;
  return start + lengthOf(last[start] ?? 0) > last.length ? max - last.length + start : max;
}

/** The head of what was written; `bytes` and `truncated` stay those of the whole. */
function headOf(bytes: Buffer, max: number, { bytes: written, truncated }: StreamOutcome): StreamOutcome {
  const head = bytes.subarray(0, cutBefore(bytes, max));
  const seen = { bytes: written, truncated };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(head), ...seen };
  } catch {
    return { base64: head.toString('base64'), ...seen }; // not UTF-8
  }
}

/** The paths of what was copied out as the job's `outputs` have them: relative ones stay so, whatever the workdir is. */
class OutputNames {
  readonly #outputs: readonly string[];
  /** Absolute path of each output itself: it comes before what is in it. */
  readonly #roots = new Map<number, string>();

  constructor(outputs: readonly string[]) {
    this.#outputs = outputs;
  }

  nameOf({ output, path }: CopiedOutput): string {
    const root = this.#roots.get(output) ?? path;
    this.#roots.set(output, root);
    return `${this.#outputs[output] ?? path}${path.slice(root.length)}`;
  }
}

type OnFile = (name: string, file: CopiedOutput) => void | Promise<void>;

/** Listens to one run. */
export class Recording {
  readonly options: Pick<RunOptions, 'onStdout' | 'onStderr' | 'onOutput' | 'capture'>;
  readonly #stdout = new ByteLog();
  readonly #stderr = new ByteLog();

  /** @param outputs of the job */
  constructor(outputs: readonly string[] = [], onFile: OnFile = () => undefined) {
    const names = new OutputNames(outputs);
    this.options = {
      capture: false,
      onStdout: (chunk) => this.#stdout.push(chunk),
      onStderr: (chunk) => this.#stderr.push(chunk),
      onOutput: (file) => {
        const name = names.nameOf(file);
        return file.kind === 'file' ? onFile(name, file) : undefined;
      },
    };
  }

  get stdout(): Buffer {
    return this.#stdout.bytes;
  }

  get stderr(): Buffer {
    return this.#stderr.bytes;
  }

  /** The outcome of the run that was listened to, with the heads of its streams. */
  fill(outcome: Outcome, captureBytes: number): Outcome {
    return {
      ...outcome,
      stdout: headOf(this.stdout, captureBytes, outcome.stdout),
      stderr: headOf(this.stderr, captureBytes, outcome.stderr),
    };
  }
}
