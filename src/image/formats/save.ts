/**
 * One archive that is an OCI layout and a docker-archive at once, as docker writes it: each tool reads the one that it knows, and
 * finds the same blobs.
 */
import { type WritableEntry, writeTar } from '../archive/index.js';
import { MEDIA_TYPES } from '../manifest/index.js';
import { canonical, familiar, type Reference } from '../reference/index.js';
import type { ImageRecord, StoredBlob, StoredImage, WorkOptions } from '../store/index.js';
import { MANIFEST_FILE } from './docker-archive.js';
import { ANNOTATIONS, blobFile, INDEX_FILE } from './oci.js';

const LAYOUT_FILE = 'oci-layout';

interface SavedImage {
  readonly record: ImageRecord;
  readonly read: StoredImage['read'];
  /** Those with a tag. */
  readonly names: readonly Reference[];
}

/** Each image once, with all names that it was asked for by. */
function merged(images: readonly StoredImage[]): SavedImage[] {
  const byManifest = new Map<string, SavedImage>();
  for (const { record, read, name } of images) {
    const { digest } = record.manifest;
    const names = byManifest.get(digest)?.names ?? [];
    const isNew =
      name !== null && name.tag !== null && !names.some((other) => canonical(other) === canonical(name));
    byManifest.set(digest, { record, read, names: isNew ? [...names, name] : names });
  }
  return [...byManifest.values()];
}

const annotationsOf = (name: Reference): object => ({
  [ANNOTATIONS.wholeName]: canonical(name),
  [ANNOTATIONS.name]: name.tag,
});

function descriptors({ record, names }: SavedImage): object[] {
  const { architecture, os, variant, manifest } = record;
  const platform = { architecture, os, ...(variant !== '' && { variant }) };
  const plain = { ...manifest, platform };
  return names.length === 0 ? [plain] : names.map((name) => ({ ...plain, annotations: annotationsOf(name) }));
}

const archived = ({ record, names }: SavedImage): object => ({
  Config: blobFile(record.config.digest),
  RepoTags: names.length === 0 ? null : names.map(familiar),
  Layers: record.layers.map(({ digest }) => blobFile(digest)),
});

function documentEntry(path: string, document: unknown): WritableEntry {
  const content = Buffer.from(JSON.stringify(document));
  return { type: 'file', path, size: content.byteLength, content: [content] };
}

async function* told(
  blob: StoredBlob,
  source: AsyncIterable<Uint8Array>,
  { onProgress, signal }: WorkOptions,
) {
  let current = 0;
  for await (const chunk of source) {
    signal?.throwIfAborted();
    yield chunk;
    current += chunk.byteLength;
    onProgress?.({ id: blob.digest, phase: 'pushing', current, total: blob.size });
  }
  onProgress?.({ id: blob.digest, phase: 'done', current, total: blob.size });
}

function* blobEntries(images: readonly SavedImage[], options: WorkOptions): Generator<WritableEntry> {
  const seen = new Set<string>();
  for (const { record, read } of images) {
    for (const blob of [record.manifest, record.config, ...record.layers]) {
      if (seen.has(blob.digest)) continue;
      seen.add(blob.digest);
      const isLayer = blob !== record.manifest && blob !== record.config;
      const content = isLayer ? told(blob, read(blob), options) : read(blob);
      yield { type: 'file', path: blobFile(blob.digest), size: blob.size, content };
    }
  }
}

function* entriesOf(images: readonly SavedImage[], options: WorkOptions): Generator<WritableEntry> {
  yield documentEntry(LAYOUT_FILE, { imageLayoutVersion: '1.0.0' });
  const manifests = images.flatMap(descriptors);
  yield documentEntry(INDEX_FILE, { schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests });
  yield documentEntry(MANIFEST_FILE, images.map(archived));
  yield { type: 'directory', path: 'blobs' };
  yield { type: 'directory', path: 'blobs/sha256' };
  yield* blobEntries(images, options);
}

/**
 * The same bytes for the same images, in the order in which they are given.
 *
 * @throws HotcellError `io`; the signal's reason
 */
export function writeImages(images: readonly StoredImage[], options: WorkOptions): AsyncIterable<Uint8Array> {
  return writeTar(entriesOf(merged(images), options));
}
