import { formatBytes, quote } from '../../core/index.js';
import { RegistryFault } from './fault.js';
import { type HttpResponse, header, lengthOf } from './http.js';
import type { BlobDescriptor, RegistryReference } from './model.js';
import { pullScopes } from './scopes.js';
import type { Session } from './session.js';

const CONTENT_RANGE = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/;

function wrong(response: HttpResponse, problem: string): RegistryFault {
  return new RegistryFault({ host: response.url.host, problem });
}

/** A whole answer's length must be the blob's, before a byte of it is read. */
export function checkLength(response: HttpResponse, { size, digest }: BlobDescriptor): void {
  const length = lengthOf(response);
  if (length === undefined || length === size) return;
  const encoding = header(response, 'content-encoding');
  const encoded = encoding === undefined ? '' : ` (in the encoding ${quote(encoding)})`;
  throw wrong(
    response,
    `has ${formatBytes(length)}${encoded} as ${digest}; the manifest says ${formatBytes(size)}`,
  );
}

function checkRange(response: HttpResponse, offset: number, { size }: BlobDescriptor): void {
  const text = header(response, 'content-range') ?? '';
  const [, first, last, total] = CONTENT_RANGE.exec(text) ?? [];
  const fits = Number(first) === offset && Number(last) >= offset && Number(last) < size;
  if (fits && (total === '*' || Number(total) === size)) return;
  throw wrong(response, `was asked for the blob from byte ${offset} on and answered with ${quote(text)}`);
}

async function* without(body: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const chunk of body) {
    if (left < chunk.length) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

/**
 * The bytes of a blob from an offset to wherever the connection ends. A server that does not know ranges sends all
 * again, and what we have is skipped; the digest of the whole is checked in either case.
 */
export async function openBlob(
  session: Session,
  ref: RegistryReference,
  { blob, offset }: { blob: BlobDescriptor; offset: number },
): Promise<{ host: string; body: AsyncIterable<Uint8Array> }> {
  const call = {
    method: 'GET',
    to: `${ref.repository}/blobs/${blob.digest}`,
    scopes: pullScopes(ref),
  } as const;
  const headers = offset === 0 ? undefined : { range: `bytes=${offset}-` };
  let response = await session.call({ ...call, headers, expect: offset === 0 ? [200] : [200, 206, 416] });
  if (response.status === 416) {
    await response.discard();
    response = await session.call({ ...call, expect: [200] });
  }
  if (response.status === 206) {
    checkRange(response, offset, blob);
    return { host: response.url.host, body: response.body };
  }
  checkLength(response, blob);
  return { host: response.url.host, body: without(response.body, offset) };
}
