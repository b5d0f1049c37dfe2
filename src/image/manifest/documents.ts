/** The documents that say what an image consists of. Source: OCI image-spec, image-index.md and manifest.md. */
import * as z from 'zod';
import { quote } from '../../core/index.js';
import { badArchive } from '../compression/index.js';
import { type Descriptor, descriptorSchema } from './descriptor.js';
import { isConfigType, isIndexType, isLayerType, isManifestType, MEDIA_TYPES } from './media-types.js';
import { readJson } from './read-json.js';
import { listOf, objectOf, optionalText } from './shapes.js';

/** Larger ones are refused by registries as well. */
export const MAX_MANIFEST_BYTES: number = 4 * 1024 ** 2;

/** The launcher stacks no more. */
export const MAX_LAYERS = 500;

export interface Index {
  readonly kind: 'index';
  readonly manifests: readonly Descriptor[];
}

export interface Manifest {
  readonly kind: 'manifest';
  readonly mediaType: string;
  readonly config: Descriptor;
  /** Lowest first. */
  readonly layers: readonly Descriptor[];
}

const documentSchema = objectOf({
  schemaVersion: z.unknown(),
  mediaType: optionalText,
  config: descriptorSchema.nullish(),
  layers: listOf(descriptorSchema),
  manifests: listOf(descriptorSchema),
});

type Document = z.output<typeof documentSchema>;

/** One digest for two meanings is how a check is tricked: GHSA-77vh-xpmg-72qh. */
function kindOf({ mediaType, config, layers, manifests }: Document, what: string): 'index' | 'manifest' {
  const isManifest = (config ?? null) !== null || layers.length > 0;
  if (isManifest && manifests.length > 0) throw badArchive(`${what} is an index and a manifest at once`);
  const kind = isManifest ? 'manifest' : 'index';
  const known = kind === 'manifest' ? isManifestType : isIndexType;
  if (mediaType !== '' && !known(mediaType)) {
    throw badArchive(
      `${what} says that it is ${quote(mediaType)}, and has what ${kind === 'index' ? 'an index' : 'a manifest'} has`,
    );
  }
  return kind;
}

function checkImage(config: Descriptor, layers: readonly Descriptor[], what: string): void {
  if (!isConfigType(config.mediaType)) {
    throw badArchive(
      `${what} is of no image that could run: its configuration is ${quote(config.mediaType)}`,
    );
  }
  if (layers.length === 0) throw badArchive(`${what} has no layers`);
  if (layers.length > MAX_LAYERS)
    throw badArchive(`${what} has ${layers.length} layers; at most ${MAX_LAYERS}`);
  const strange = layers.find(({ mediaType }) => !isLayerType(mediaType));
  if (strange !== undefined) {
    throw badArchive(
      `${what} has a layer of type ${quote(strange.mediaType)}; use tar, plain or with gzip or zstd`,
    );
  }
}

/**
 * An index or a manifest, of OCI or docker's schema 2.
 *
 * @throws HotcellError `bad-archive`
 */
export function readDocument(bytes: Uint8Array, what: string): Index | Manifest {
  if (bytes.byteLength > MAX_MANIFEST_BYTES) {
    throw badArchive(`${what} has ${bytes.byteLength} bytes; at most ${MAX_MANIFEST_BYTES}`);
  }
  const document = readJson(bytes, documentSchema, what);
  if (document.schemaVersion !== 2) throw badArchive(`${what} has another "schemaVersion" than 2`);
  if (kindOf(document, what) === 'index') return { kind: 'index', manifests: document.manifests };
  const { config, layers, mediaType } = document;
  if (!config) throw badArchive(`${what} has layers and no "config"`);
  checkImage(config, layers, what);
  return { kind: 'manifest', mediaType: mediaType || MEDIA_TYPES.manifest, config, layers };
}
