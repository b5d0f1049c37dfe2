import type { Transform } from 'node:stream';
import { badArchive } from './error.js';

/** A decoder of Node's zlib: `bytesWritten` is how much of its input it has used. */
export type ZlibEngine = Transform & { readonly bytesWritten: number };

/** Output is made in pieces of this size… */
export const CHUNK_BYTES = 256 * 1024;
/** …and this much of it is made ahead, in zlib's own thread, while the reader is busy. */
export const AHEAD_BYTES = 1024 * 1024;

const WAKES = ['drain', 'end', 'close', 'error'] as const;

/** Waits until the engine takes input again, or never will. */
function ready(engine: ZlibEngine): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      for (const event of WAKES) engine.off(event, wake);
      resolve();
    };
    for (const event of WAKES) engine.on(event, wake);
  });
}

const isOver = (engine: ZlibEngine): boolean => engine.destroyed || engine.readableEnded;

/** Gives how many bytes the engine was given. What the source throws goes out through the engine. */
async function feed(source: AsyncIterable<Uint8Array>, engine: ZlibEngine): Promise<number> {
  let bytes = 0;
  try {
    for await (const chunk of source) {
      if (isOver(engine)) return bytes + chunk.length;
      bytes += chunk.length;
      if (!engine.write(chunk) && !isOver(engine)) await ready(engine);
    }
    engine.end();
  } catch (error) {
    engine.destroy(error instanceof Error ? error : new Error(String(error)));
  }
  return bytes;
}

const isZlibError = (error: unknown): error is Error & { code: string } =>
  error instanceof Error &&
  'code' in error &&
  /^(Z_|ZSTD_|ERR_ZLIB|ERR_STREAM_PUSH_AFTER_EOF)/.test(String(error.code));

function explain(error: unknown, name: string): unknown {
  if (!isZlibError(error)) return error;
  if (error.code === 'Z_BUF_ERROR') return badArchive(`the ${name} data ends in the middle: it is truncated`);
  return badArchive(`the ${name} data is damaged, or something else follows it: ${error.message}`, {
    cause: error,
  });
}

/** What the engine makes of the source. @throws HotcellError `bad-archive` when it is damaged, cut off, or more follows */
export async function* through(
  source: AsyncIterable<Uint8Array>,
  engine: ZlibEngine,
  name: string,
): AsyncGenerator<Buffer> {
  const feeding = feed(source, engine);
  try {
    yield* engine;
    const given = engine.bytesWritten;
    if ((await feeding) > given)
      throw badArchive(`the ${name} data is followed by something else: trailing garbage`);
  } catch (error) {
    throw explain(error, name);
  } finally {
    engine.destroy();
  }
}
