import { HotcellError, quote } from '../../core/index.js';
import {
  canonical,
  type ImageStore,
  type ManifestMediaType,
  MEDIA_TYPES,
  openRegistryClient,
  type Reference,
  type RegistryClient,
  type RegistryReference,
  type StoredBlob,
  type StoredImage,
} from '../../image/index.js';
import type { ImageWorkOptions, PushedImage } from './model.js';
import { type ClientOptions, registryReference } from './pull.js';

interface Target {
  readonly client: RegistryClient;
  readonly reference: RegistryReference;
  /** A repository of the same registry that may have the blobs. */
  readonly mountFrom: string | undefined;
}

const PUSHED: readonly ManifestMediaType[] = [MEDIA_TYPES.manifest, MEDIA_TYPES.dockerManifest];

function mediaTypeOf({ record }: StoredImage): ManifestMediaType {
  const found = PUSHED.find((known) => known === record.manifest.mediaType);
  if (found !== undefined) return found;
  throw new HotcellError({
    code: 'internal',
    message: `no registry takes ${quote(record.manifest.mediaType)}`,
  });
}

async function pushLayer(
  image: StoredImage,
  blob: StoredBlob,
  { target, options }: { target: Target; options: ImageWorkOptions },
): Promise<void> {
  const say = (phase: 'waiting' | 'pushing' | 'exists' | 'done', current: number): void =>
    options.onProgress?.({ id: blob.digest, phase, current, total: blob.size });
  say('waiting', 0);
  const source = async function* (offset: number): AsyncGenerator<Uint8Array> {
    let current = offset;
    for await (const chunk of image.read(blob, offset)) {
      yield chunk;
      current += chunk.byteLength;
      say('pushing', current);
    }
  };
  const { client, reference, mountFrom } = target;
  const result = await client.pushBlob(reference, blob, source, { mountFrom });
  say(result === 'pushed' ? 'done' : 'exists', blob.size);
}

async function pushAll(
  image: StoredImage,
  context: { target: Target; options: ImageWorkOptions },
): Promise<string> {
  const { record } = image;
  const { client, reference } = context.target;
  const layers = new Map(record.layers.map((layer) => [layer.digest, layer]));
  await Promise.all([...layers.values()].map((layer) => pushLayer(image, layer, context)));
  await client.pushBlob(reference, record.config, (offset) => image.read(record.config, offset));
  const chunks: Uint8Array[] = [];
  for await (const chunk of image.read(record.manifest)) chunks.push(chunk);
  return await client.putManifest(reference, mediaTypeOf(image), Buffer.concat(chunks));
}

function nameOf(text: string, { name }: StoredImage): Reference & { readonly tag: string } {
  if (name !== null && name.tag !== null) return { ...name, tag: name.tag };
  throw new HotcellError({
    code: 'invalid-spec',
    message: `${quote(text, 200)} is pushed by a name with a tag`,
    hint: 'give it one with "hotcell image tag", with the registry in front: localhost:5000/tools:1.0',
  });
}

/** @throws HotcellError `registry`, `image-not-found`, `invalid-spec`, `io`; the signal's reason */
export async function pushImage(
  store: ImageStore,
  text: string,
  { registry, ...options }: ImageWorkOptions & { readonly registry: ClientOptions },
): Promise<PushedImage> {
  return await store.reading(async () => {
    const image = await store.find(text);
    const name = nameOf(text, image);
    const others = store
      .namesOf(image.record)
      .filter(({ domain, path, tag }) => tag === null && domain === name.domain && path !== name.path);
    const client = await openRegistryClient({ ...registry, signal: options.signal });
    try {
      const target = { client, reference: registryReference(name), mountFrom: others[0]?.path };
      const digest = await pushAll(image, { target, options });
      await store.pin(image.record, { ...name, tag: null, digest });
      return { digest, reference: canonical(name), sizeBytes: image.record.manifest.size };
    } finally {
      await client.close();
    }
  }, options.signal);
}
