import type { StreamOutcome } from '../spec/index.js';

/** What was written to one stream, kept whole: decoding chunk by chunk would break characters that lie across two. */
export class Capture {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  readonly #keep: boolean;

  constructor(keep: boolean) {
    this.#keep = keep;
  }

  /** The chunk is kept as it is: whoever owns it must not write to it again. */
  push(chunk: Uint8Array): void {
    this.#bytes += chunk.byteLength;
    if (this.#keep) this.#chunks.push(chunk);
  }

  /** Text if it is UTF-8, base64 otherwise. What was not kept is empty text. */
  outcome(truncated: boolean): StreamOutcome {
    const whole = Buffer.concat(this.#chunks);
    const seen = { bytes: this.#bytes, truncated };
    try {
      return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(whole), ...seen };
    } catch {
      return { base64: whole.toString('base64'), ...seen }; // not UTF-8
    }
  }
}
