/** Cuts a byte stream into frames: [payload size u32][type u32][run id u32] payload. Twin: src/native/connection.c. */
import { HotcellError } from '../core/index.js';
import { protocolLimits } from './protocol-table.js';
import { Writer } from './wire.js';

export interface Frame {
  readonly type: number;
  readonly id: number;
  readonly payload: Buffer;
}

const HEADER = protocolLimits.frameHeaderBytes;

/** One for all frames, as each is written in one go: for every plan a new one would have to grow. */
const scratch = new Writer(64 * 1024);
/** What it keeps after one that was larger. */
const SCRATCH_BYTES = 1024 * 1024;

/**
 * A frame whose payload is what `write` writes.
 *
 * @throws HotcellError `invalid-spec` for a payload over the bound; what `write` throws
 */
export function writeFrame(type: number, id: number, write: (to: Writer) => void): Buffer {
  try {
    scratch.u32(0).u32(type).u32(id);
    write(scratch);
    const size = scratch.size - HEADER;
    if (size > protocolLimits.frameMaxBytes) throw tooLarge(size);
    scratch.setU32(0, size);
    return scratch.finish();
  } finally {
    scratch.clear(SCRATCH_BYTES);
  }
}

const tooLarge = (size: number): HotcellError =>
  new HotcellError({
    code: 'invalid-spec',
    message: `the job is ${size} bytes with what is inside it; at most ${protocolLimits.frameMaxBytes}`,
    hint: 'give large files by path',
  });

export class FrameDecoder {
  #chunks: Buffer[] = [];
  #size = 0;

  /**
   * The frames that this chunk completes.
   *
   * @throws HotcellError `protocol-error` for a frame over the bound.
   */
  *push(chunk: Buffer): Generator<Frame> {
    this.#chunks.push(chunk);
    this.#size += chunk.byteLength;
    while (this.#size >= HEADER) {
      const bytes = this.#need(HEADER);
      const size = bytes.readUInt32LE(0);
      if (size > protocolLimits.frameMaxBytes) {
        throw new HotcellError({
          code: 'protocol-error',
          message: `a frame of ${size} bytes from the launcher`,
        });
      }
      if (this.#size < HEADER + size) return;
      const frame = this.#need(HEADER + size);
      this.#drop(HEADER + size);
      yield {
        type: frame.readUInt32LE(4),
        id: frame.readUInt32LE(8),
        payload: frame.subarray(HEADER, HEADER + size),
      };
    }
  }

  /** The first `size` bytes in one piece; copies only when they came in several. */
  #need(size: number): Buffer {
    const [first] = this.#chunks;
    if (first !== undefined && first.byteLength >= size) return first;
    const whole = Buffer.concat(this.#chunks);
    this.#chunks = [whole];
    return whole;
  }

  #drop(size: number): void {
    const [first, ...rest] = this.#chunks;
    if (first === undefined) return;
    this.#chunks = first.byteLength === size ? rest : [first.subarray(size), ...rest];
    this.#size -= size;
  }
}
