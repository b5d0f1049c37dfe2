import { quote } from '../../core/index.js';
import { RegistryFault } from './fault.js';
import { type HttpResponse, header } from './http.js';
import type { Policy, Target } from './policy.js';

const MAX_CHUNK_BYTES = 2 ** 40;

/** Where the next part of an upload goes: the Location of an answer, relative or absolute, its query kept. */
export async function uploadPlace(policy: Policy, response: HttpResponse): Promise<Target> {
  const location = header(response, 'location');
  if (location === undefined) {
    throw new RegistryFault({ host: response.url.host, problem: 'did not say where to upload to' });
  }
  return policy.target(response.url, location);
}

/** The same place with the digest that closes the upload. */
export function closing({ url, reach }: Target, digest: string): Target {
  const closed = new URL(url);
  // Appended as text: parsing the query and writing it again could change what the registry has signed in it.
  closed.search = `${url.search === '' ? '?' : `${url.search}&`}digest=${encodeURIComponent(digest)}`;
  return { url: closed, reach };
}

/** How many bytes the registry has, by `Range: 0-<last>`, which is `0-0` also for none in some registries. */
export function bytesThere(response: HttpResponse, sent: number): number {
  const text = header(response, 'range');
  if (text === undefined) return sent;
  const [, last] = /^(?:bytes=)?0-(\d{1,15})$/.exec(text) ?? [];
  if (last === undefined) {
    const problem = `says that it has the part ${quote(text)} of an upload`;
    throw new RegistryFault({ host: response.url.host, problem });
  }
  return last === '0' ? 0 : Number(last) + 1;
}

/** The size of parts: as wanted, but not below what the registry asks for. */
export function chunkBytes(response: HttpResponse, wanted: number | undefined): number {
  const least = Number(header(response, 'oci-chunk-min-length') ?? 0);
  const bounded = Number.isSafeInteger(least) && least > 0 ? Math.min(least, MAX_CHUNK_BYTES) : 1;
  return Math.max(wanted ?? MAX_CHUNK_BYTES, bounded);
}
