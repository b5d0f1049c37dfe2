import type { LogPiece } from './model.js';

/** A line longer than this is given in parts, so that a program which never ends one takes no memory. */
const MAX_LINE_BYTES = 65_536;

const NEWLINE = 10;

/** The parts of one stream's line that has not ended yet. */
class OpenLine {
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;
  #atMs = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(part: Uint8Array, atMs: number): void {
    if (this.#bytes === 0) this.#atMs = atMs;
    this.#parts.push(part);
    this.#bytes += part.byteLength;
  }

  take(stream: LogPiece['stream']): LogPiece {
    const bytes = Buffer.concat(this.#parts);
    this.#parts.length = 0;
    this.#bytes = 0;
    return { stream, atMs: this.#atMs, bytes };
  }
}

/** Whole lines with their ends, each with the time at which it began; a line that has no end comes last. */
export async function* linesOf(pieces: AsyncIterable<LogPiece>): AsyncGenerator<LogPiece, void, undefined> {
  const open = { stdout: new OpenLine(), stderr: new OpenLine() };
  for await (const { stream, atMs, bytes } of pieces) {
    const line = open[stream];
    for (let start = 0; start < bytes.byteLength; ) {
      const at = bytes.indexOf(NEWLINE, start);
      const end = at < 0 ? bytes.byteLength : at + 1;
      line.add(bytes.subarray(start, end), atMs);
      start = end;
      if (at >= 0 || line.bytes >= MAX_LINE_BYTES) yield line.take(stream);
    }
  }
  for (const stream of ['stdout', 'stderr'] as const)
    if (open[stream].bytes > 0) yield open[stream].take(stream);
}
