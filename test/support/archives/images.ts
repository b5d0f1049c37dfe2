import { createHash } from 'node:crypto';
import { type TarEntry, tarOf } from './tar.js';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const MEDIA = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
} as const;

export interface TestLayer {
  /** The tar, which the diff id is of. */
  readonly tar: Uint8Array;
  /** What is stored; the tar itself by default. */
  readonly blob?: Uint8Array;
  readonly mediaType?: string;
}

export interface TestImage {
  /** Lowest first. */
  readonly layers: readonly TestLayer[];
  /** The `config` part: Env, Cmd, … */
  readonly config?: unknown;
  /** `name:tag`. */
  readonly tag?: string;
  /** Laid over the config document, to make it wrong. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

interface Blob {
  readonly digest: string;
  readonly bytes: Buffer;
}

const blobOf = (value: unknown): Blob => {
  const bytes = value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(JSON.stringify(value));
  return { digest: `sha256:${sha256(bytes)}`, bytes };
};

const descriptor = (mediaType: string, blob: Blob, more: object = {}): object => ({
  mediaType,
  digest: blob.digest,
  size: blob.bytes.length,
  ...more,
});

export function configBlob(image: TestImage): Blob {
  return blobOf({
    architecture: 'amd64',
    os: 'linux',
    config: image.config ?? {},
    rootfs: { type: 'layers', diff_ids: image.layers.map(({ tar }) => `sha256:${sha256(tar)}`) },
    ...image.extra,
  });
}

const blobPath = ({ digest }: Blob): string => `blobs/${digest.replace(':', '/')}`;

/** The files of an OCI layout, by path. */
function ociFiles(image: TestImage): Map<string, Buffer> {
  const config = configBlob(image);
  const layers = image.layers.map(({ tar, blob, mediaType }) => ({
    mediaType: mediaType ?? 'application/vnd.oci.image.layer.v1.tar',
    blob: blobOf(blob ?? tar),
  }));
  const manifest = blobOf({
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: descriptor(MEDIA.config, config),
    layers: layers.map(({ mediaType, blob }) => descriptor(mediaType, blob)),
  });
  const annotations = { 'org.opencontainers.image.ref.name': image.tag ?? 'latest' };
  const index = blobOf({
    schemaVersion: 2,
    mediaType: MEDIA.index,
    manifests: [descriptor(MEDIA.manifest, manifest, { annotations })],
  });
  const blobs = [config, manifest, ...layers.map(({ blob }) => blob)];
  return new Map([
    ['oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}')],
    ['index.json', index.bytes],
    ...blobs.map((blob): [string, Buffer] => [blobPath(blob), blob.bytes]),
  ]);
}

const asEntries = (files: ReadonlyMap<string, Buffer>): TarEntry[] =>
  [...files].map(([name, body]) => ({ name, body }));

export const ociTar = (image: TestImage): Buffer => tarOf(asEntries(ociFiles(image)));

/** What `docker save` wrote before version 25: a directory for each layer, uncompressed. */
export function dockerArchive(image: TestImage): Buffer {
  const config = configBlob(image);
  const files = new Map([[`${config.digest.slice('sha256:'.length)}.json`, config.bytes]]);
  const paths = image.layers.map(({ tar }) => {
    const path = `${sha256(tar)}/layer.tar`;
    files.set(path, Buffer.from(tar));
    return path;
  });
  const manifest = [{ Config: [...files.keys()][0], RepoTags: [image.tag ?? 'test:latest'], Layers: paths }];
  files.set('manifest.json', Buffer.from(JSON.stringify(manifest)));
  return tarOf(asEntries(files));
}
