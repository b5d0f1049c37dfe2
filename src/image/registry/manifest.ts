import { nearest, quote } from '../../core/index.js';
import { checkDigestHeader, sha256 } from './digest.js';
import { RegistryFault } from './fault.js';
import { bytesBody, type HttpResponse, header } from './http.js';
import {
  MANIFEST_MEDIA_TYPES,
  type ManifestMediaType,
  type RegistryManifest,
  type RegistryReference,
} from './model.js';
import { pullScopes, pushScopes } from './scopes.js';
import type { Session } from './session.js';
import { statusFault } from './status-fault.js';
import { listTags } from './tags.js';

const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const ACCEPT = MANIFEST_MEDIA_TYPES.join(', ');
const SCHEMA_1 = /^application\/vnd\.docker\.distribution\.manifest\.v1\+/;
const MAX_TAGS_SHOWN = 5;

const isManifestType = (type: string): type is ManifestMediaType =>
  (MANIFEST_MEDIA_TYPES as readonly string[]).includes(type);

function typeInside(bytes: Buffer): string {
  try {
    const parsed: unknown = JSON.parse(bytes.toString());
    const inside =
      typeof parsed === 'object' && parsed !== null && 'mediaType' in parsed ? parsed.mediaType : '';
    return typeof inside === 'string' ? inside : '';
  } catch {
    return '';
  }
}

/** By the header, or by the manifest's own word where a plain file server knows no better than "JSON". */
function mediaTypeOf(response: HttpResponse, bytes: Buffer): ManifestMediaType {
  const said = (header(response, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (isManifestType(said)) return said;
  const inside = said === '' || said === 'application/json' || said === 'text/plain' ? typeInside(bytes) : '';
  if (isManifestType(inside)) return inside;
  if (SCHEMA_1.test(said)) {
    throw new RegistryFault({
      host: response.url.host,
      problem: 'has the image only in a form from before 2016 (schema 1), whose layers cannot be verified',
      hint: 'pull and push it again with a current tool',
    });
  }
  const problem = `answered with ${said === '' ? 'something' : quote(said)} that is no image manifest`;
  const hint = 'check that the name is that of an image, and the host a registry';
  throw new RegistryFault({ host: response.url.host, problem, hint });
}

function checkEncoding(response: HttpResponse): void {
  const encoding = header(response, 'content-encoding') ?? 'identity';
  if (encoding === 'identity') return;
  const problem = `sent the manifest in the encoding ${quote(encoding)}, although it was asked not to`;
  throw new RegistryFault({ host: response.url.host, problem });
}

/** @throws RegistryFault when the bytes are not those of the digest that was asked for */
export async function getManifest(
  session: Session,
  ref: RegistryReference,
  digest: string | undefined,
): Promise<RegistryManifest> {
  const { response, bytes } = await session.read(
    {
      method: 'GET',
      to: `${ref.repository}/manifests/${digest ?? ref.tag ?? 'latest'}`,
      scopes: pullScopes(ref),
      headers: { accept: ACCEPT },
      expect: [200, 404],
    },
    { maxBytes: MAX_MANIFEST_BYTES, what: 'manifest' },
  );
  if (response.status === 404) throw await missing(session, ref, { response, bytes });
  checkEncoding(response);
  const actual = sha256(bytes);
  if (digest !== undefined && actual !== digest) {
    const problem = `sent a manifest whose digest is ${actual}, not ${digest}`;
    throw new RegistryFault({ host: response.url.host, problem });
  }
  checkDigestHeader(response, actual);
  return { digest: actual, mediaType: mediaTypeOf(response, bytes), bytes };
}

/** The fault for an image that is not there, with what is, as far as the registry tells. */
async function missing(
  session: Session,
  ref: RegistryReference,
  { response, bytes }: { response: HttpResponse; bytes: Buffer },
): Promise<RegistryFault> {
  const again: HttpResponse = { ...response, body: oneChunk(bytes) };
  if (ref.digest !== undefined) return statusFault(again, { hint: 'check the digest' });
  const tags = await listTags(session, ref).catch(() => []);
  return statusFault(again, { hint: tagHint(ref.tag ?? 'latest', tags) });
}

async function* oneChunk(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function tagHint(tag: string, tags: readonly string[]): string {
  if (tags.length === 0)
    return 'check the name; docker search and the web page of the registry know which there are';
  const meant = nearest(tag, tags);
  if (meant !== undefined) return `did you mean the tag ${quote(meant)}?`;
  const shown = tags.slice(-MAX_TAGS_SHOWN).map((one) => quote(one));
  return `tags there: ${shown.join(', ')}${tags.length > shown.length ? `, and ${tags.length - shown.length} more` : ''}`;
}

/** @returns the digest of the bytes */
export async function putManifest(
  session: Session,
  ref: RegistryReference,
  { mediaType, bytes }: { mediaType: ManifestMediaType; bytes: Uint8Array },
): Promise<string> {
  const digest = sha256(bytes);
  if (ref.digest !== undefined && ref.digest !== digest) {
    throw new RegistryFault({
      host: session.host,
      problem: `is to get a manifest under ${ref.digest} whose digest is ${digest}`,
    });
  }
  const { response } = await session.read(
    {
      method: 'PUT',
      to: `${ref.repository}/manifests/${ref.digest ?? ref.tag ?? digest}`,
      scopes: pushScopes(ref),
      headers: { 'content-type': mediaType },
      body: bytesBody(bytes),
      expect: [200, 201, 202],
    },
    { maxBytes: MAX_MANIFEST_BYTES, what: 'receipt' },
  );
  checkDigestHeader(response, digest);
  return digest;
}
