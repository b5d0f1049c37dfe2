const MAX_LINE_BYTES = 256 * 1024 ** 2;
const NEW_LINE = 10;

/** Lines of a stream of bytes without their ends. The last one is `torn` when no new line ends it. */
export interface Line {
  readonly bytes: Buffer;
  readonly torn: boolean;
}

/** @throws SyntaxError for a line that is too long for a string */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line, void, undefined> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(NEW_LINE); at >= 0; at = chunk.indexOf(NEW_LINE, from)) {
      yield { bytes: Buffer.concat([...parts, chunk.subarray(from, at)]), torn: false };
      parts = [];
      length = 0;
      from = at + 1;
    }
    parts.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > MAX_LINE_BYTES) throw new SyntaxError('a line of it is too long');
  }
  if (length > 0) yield { bytes: Buffer.concat(parts), torn: true };
}
