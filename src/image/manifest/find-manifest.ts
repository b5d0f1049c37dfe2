/** From what a name stands for to the one manifest that is for a platform. */
import { HotcellError } from '../../core/index.js';
import { badArchive } from '../compression/index.js';
import type { Descriptor } from './descriptor.js';
import { type Manifest, readDocument } from './documents.js';
import { isIndexType, isManifestType } from './media-types.js';
import { fits, type Platform, platformText } from './platform.js';

/** @returns the bytes that the digest is of, checked @throws HotcellError when they cannot be had */
export type ReadDocument = (descriptor: Descriptor) => Promise<Uint8Array>;

export interface FoundManifest {
  readonly digest: string;
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
}

/** An index of indexes is rare, and a third level was never seen. */
const MAX_INDEXES = 3;
/** Documents that are read for one image. */
const MAX_DOCUMENTS = 64;

/** Source: github.com/moby/buildkit, docs/attestations/attestation-storage.md. */
export const isAttestation = ({ annotations, platform }: Descriptor): boolean =>
  annotations['vnd.docker.reference.type'] === 'attestation-manifest' ||
  (platform?.os === 'unknown' && platform.architecture === 'unknown');

const isDocument = ({ mediaType }: Descriptor): boolean =>
  mediaType === '' || isIndexType(mediaType) || isManifestType(mediaType);

export const isImageEntry = (entry: Descriptor): boolean => isDocument(entry) && !isAttestation(entry);

/** What fits best comes first: a variant as it was asked for, then another that runs, then what does not say. */
function candidatesOf(manifests: readonly Descriptor[], wanted: Platform): Descriptor[] {
  const entries = manifests.filter(isImageEntry);
  const fitting = entries.filter(({ platform }) => platform !== null && fits(platform, wanted));
  const exact = fitting.filter(({ platform }) => platform?.variant === wanted.variant);
  return [...new Set([...exact, ...fitting, ...entries.filter(({ platform }) => platform === null)])];
}

class Search {
  readonly #read: ReadDocument;
  readonly #wanted: Platform;
  readonly #seen = new Set<string>();
  readonly offered = new Set<string>();

  constructor(read: ReadDocument, wanted: Platform) {
    this.#read = read;
    this.#wanted = wanted;
  }

  async find(descriptor: Descriptor, depth: number): Promise<FoundManifest | null> {
    const what = `the manifest ${descriptor.digest}`;
    if (depth > MAX_INDEXES)
      throw badArchive(`${what} lies beneath ${depth} indexes; at most ${MAX_INDEXES}`);
    if (this.#seen.has(descriptor.digest)) return null;
    this.#seen.add(descriptor.digest);
    if (this.#seen.size > MAX_DOCUMENTS)
      throw badArchive(`more than ${MAX_DOCUMENTS} manifests were to be read`);
    const bytes = await this.#read(descriptor);
    const document = readDocument(bytes, what);
    if (document.kind === 'manifest') return { digest: descriptor.digest, bytes, manifest: document };
    return await this.choose(document.manifests, depth);
  }

  async choose(entries: readonly Descriptor[], depth: number): Promise<FoundManifest | null> {
    for (const { platform } of entries.filter(isImageEntry)) {
      if (platform !== null) this.offered.add(platformText(platform));
    }
    for (const candidate of candidatesOf(entries, this.#wanted)) {
      const found = await this.find(candidate, depth + 1);
      if (found !== null) return found;
    }
    return null;
  }
}

export interface FindOptions {
  readonly read: ReadDocument;
  readonly wanted: Platform;
  /** Names the image in messages. */
  readonly what: string;
}

/**
 * The same of several, as in an index. Of one only, it does not matter what it is for.
 *
 * @throws as {@link findManifest}
 */
export async function findAmong(
  entries: readonly Descriptor[],
  { read, wanted, what }: FindOptions,
): Promise<FoundManifest> {
  const search = new Search(read, wanted);
  const [first] = entries;
  const isOnly = entries.length === 1 && first !== undefined;
  const found = isOnly ? await search.find(first, 0) : await search.choose(entries, 0);
  if (found !== null) return found;
  const offered = [...search.offered].slice(0, 20);
  throw new HotcellError({
    code: 'image-not-found',
    message: `${what} has no image for ${platformText(wanted)}; it has ${offered.join(', ') || 'none at all'}`,
    hint:
      offered.length > 0 ? `ask for another with --platform, such as --platform ${offered[0]}` : undefined,
  });
}

/** @throws HotcellError `bad-archive` for what is no image, `image-not-found` when there is none for the platform */
export async function findManifest(top: Descriptor, options: FindOptions): Promise<FoundManifest> {
  return await findAmong([top], options);
}
