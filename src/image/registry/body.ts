import { type Clock, formatBytes, formatMs } from '../../core/index.js';
import { RegistryFault } from './fault.js';
import type { HttpResponse } from './http.js';
import { transportFault } from './transport-fault.js';

/** Slower than this over a whole window is no transfer but somebody who holds us up. */
const MIN_WINDOW_BYTES = 32 * 1024;

/**
 * The same bytes, as long as they come: each window of waiting must bring some. Silence is watched elsewhere; this is for a byte now and then. Time that the reader takes does not count.
 */
export async function* paced(
  body: AsyncIterable<Uint8Array>,
  { clock, windowMs, host }: { clock: Clock; windowMs: number; host: string },
): AsyncGenerator<Uint8Array> {
  let waitedMs = 0;
  let bytes = 0;
  let since = clock.nowMs();
  for await (const chunk of body) {
    waitedMs += clock.nowMs() - since;
    bytes += chunk.length;
    if (waitedMs > windowMs) {
      if (bytes < MIN_WINDOW_BYTES) throw tooSlow(host, bytes, waitedMs);
      waitedMs = 0;
      bytes = 0;
    }
    yield chunk;
    since = clock.nowMs();
  }
}

function tooSlow(host: string, bytes: number, ms: number): RegistryFault {
  const problem = `is too slow: ${formatBytes(bytes)} in ${formatMs(ms)}`;
  return new RegistryFault({ host, problem, transient: true });
}

export interface ReadLimits {
  readonly maxBytes: number;
  /** What it is, for the message. */
  readonly what: string;
}

/**
 * A whole small body. The rest of one that is too large is never read.
 *
 * @throws RegistryFault also for what breaks on the way
 */
export async function readBounded(response: HttpResponse, limits: ReadLimits): Promise<Buffer> {
  try {
    return await readAll(response, limits);
  } catch (error) {
    throw transportFault(error, response.url.host);
  }
}

async function readAll(response: HttpResponse, { maxBytes, what }: ReadLimits): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      const problem = `sent a ${what} of more than ${formatBytes(maxBytes)}`;
      throw new RegistryFault({ host: response.url.host, problem });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
