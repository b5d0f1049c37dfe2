/** The files of an OCI layout, to be made wrong one by one. */
import { configBlob, sha256, type TestImage } from '../archives/index.js';

export interface Blob {
  readonly digest: string;
  readonly bytes: Buffer;
}

export const MEDIA = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
} as const;

export function blobOf(value: unknown): Blob {
  const bytes = value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(JSON.stringify(value));
  return { digest: `sha256:${sha256(bytes)}`, bytes };
}

export interface TestDescriptor {
  digest: string;
  size: number;
  mediaType: string;
}

export const descriptor = (
  mediaType: string,
  { digest, bytes }: Blob,
  more: object = {},
): TestDescriptor => ({
  mediaType,
  digest,
  size: bytes.length,
  ...more,
});

export const blobPath = (digest: string): string => `blobs/${digest.replace(':', '/')}`;

/** By path. */
export type Files = Map<string, Buffer>;

export interface TestManifest {
  config: TestDescriptor;
  layers: TestDescriptor[];
}

/** @param change what becomes of its manifest before that is named by its digest */
export function layoutFiles(
  image: TestImage,
  change?: (manifest: TestManifest, files: Files) => void,
): Files {
  const files: Files = new Map([['oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}')]]);
  const put = (blob: Blob): Blob => {
    files.set(blobPath(blob.digest), blob.bytes);
    return blob;
  };
  const manifest: TestManifest = {
    config: descriptor(MEDIA.config, put(configBlob(image))),
    layers: image.layers.map(({ tar, blob, mediaType }) =>
      descriptor(mediaType ?? MEDIA.layer, put(blobOf(blob ?? tar))),
    ),
  };
  change?.(manifest, files);
  const annotations = { 'org.opencontainers.image.ref.name': image.tag ?? 'latest' };
  const top = put(blobOf({ schemaVersion: 2, mediaType: MEDIA.manifest, ...manifest }));
  const index = {
    schemaVersion: 2,
    mediaType: MEDIA.index,
    manifests: [descriptor(MEDIA.manifest, top, { annotations })],
  };
  files.set('index.json', blobOf(index).bytes);
  return files;
}
