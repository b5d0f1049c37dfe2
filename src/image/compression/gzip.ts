import { createGunzip } from 'node:zlib';
import { AHEAD_BYTES, CHUNK_BYTES, through } from './engine.js';

/** Any number of gzip members, one after the other. */
export function gunzip(source: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  // readableHighWaterMark is an option of every Transform; the types of zlib leave it out.
  const options = { chunkSize: CHUNK_BYTES, readableHighWaterMark: AHEAD_BYTES };
  return through(source, createGunzip(options), 'gzip');
}
