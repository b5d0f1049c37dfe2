import { createHash } from 'node:crypto';
import { DIGEST } from './endpoint.js';
import { RegistryFault } from './fault.js';
import { type HttpResponse, header } from './http.js';

export const sha256 = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/**
 * Holds a registry to its own Docker-Content-Digest. It proves nothing that the bytes do not prove, but two that differ
 * mean that something on the way is broken; a digest of another kind cannot be compared.
 */
export function checkDigestHeader(response: HttpResponse, digest: string): void {
  const said = header(response, 'docker-content-digest');
  if (said === undefined || !DIGEST.test(said) || said === digest) return;
  const problem = `says that the digest is ${said}, but it is ${digest}`;
  throw new RegistryFault({ host: response.url.host, problem });
}
