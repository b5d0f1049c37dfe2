import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import type {
  BlobDescriptor,
  BlobSource,
  ManifestMediaType,
  RegistryClient,
  RegistryReference,
} from '../../../src/image/registry/index.js';

export const MANIFEST_TYPE: ManifestMediaType = 'application/vnd.oci.image.manifest.v1+json';

export const digestOf = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export interface Blob extends BlobDescriptor {
  readonly bytes: Buffer;
}

export const blobOf = (bytes: Buffer): Blob => ({ digest: digestOf(bytes), size: bytes.length, bytes });

export interface SmallImage {
  readonly config: Blob;
  readonly layers: readonly Blob[];
  readonly manifest: Blob;
}

/** An image that no other test has: to registries and to skopeo layers are just bytes. */
export function makeImage(layerBytes: readonly number[] = [100_000, 3]): SmallImage {
  const plain = layerBytes.map((size) => randomBytes(size));
  const layers = plain.map((bytes) => blobOf(gzipSync(bytes)));
  const config = blobOf(
    Buffer.from(
      JSON.stringify({
        architecture: 'amd64',
        os: 'linux',
        config: { Cmd: ['/bin/true'] },
        rootfs: { type: 'layers', diff_ids: plain.map(digestOf) },
      }),
    ),
  );
  const manifest = blobOf(
    Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MANIFEST_TYPE,
        config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...descriptor(config) },
        layers: layers.map((layer) => ({
          mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
          ...descriptor(layer),
        })),
      }),
    ),
  );
  return { config, layers, manifest };
}

export const descriptor = ({ digest, size }: BlobDescriptor): BlobDescriptor => ({ digest, size });

/** What tells two images apart, in words that a failed comparison can show. */
export const digests = ({ config, layers, manifest }: SmallImage): string[] =>
  [config, ...layers, manifest].map(({ bytes }) => digestOf(bytes));

/** The image as an OCI layout, which skopeo can read. */
export async function writeLayout(folder: string, { config, layers, manifest }: SmallImage): Promise<void> {
  const blobs = join(folder, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  for (const { digest, bytes } of [config, ...layers, manifest]) {
    await writeFile(join(blobs, digest.slice('sha256:'.length)), bytes);
  }
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const index = { schemaVersion: 2, manifests: [{ mediaType: MANIFEST_TYPE, ...descriptor(manifest) }] };
  await writeFile(join(folder, 'index.json'), JSON.stringify(index));
}

export const sourceOf = ({ bytes }: Blob): BlobSource =>
  async function* (offset) {
    for (let at = offset; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
  };

export async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function pushImage(
  client: RegistryClient,
  ref: RegistryReference,
  { config, layers, manifest }: SmallImage,
): Promise<string> {
  await Promise.all([config, ...layers].map((blob) => client.pushBlob(ref, blob, sourceOf(blob))));
  return client.putManifest(ref, MANIFEST_TYPE, manifest.bytes);
}

/** What an image is made of, fetched and put together again. */
export async function pullImage(client: RegistryClient, ref: RegistryReference): Promise<SmallImage> {
  const { bytes, digest } = await client.resolve(ref);
  const { config, layers } = JSON.parse(Buffer.from(bytes).toString()) as {
    config: BlobDescriptor;
    layers: BlobDescriptor[];
  };
  const [first, ...others] = await Promise.all(
    [config, ...layers].map(async (blob) => blobOf(await collect(client.blob(ref, blob)))),
  );
  if (first === undefined) throw new Error('no config');
  return { config: first, layers: others, manifest: { ...blobOf(Buffer.from(bytes)), digest } };
}

export async function skopeo(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await execa('skopeo', ['--insecure-policy', ...args], { env });
  return stdout;
}
